"""What all benchmarks share: the work, how it is measured, and what is made of the measurements."""
