"""Who does the work of a benchmark, each in a process of its own: `python -m benchmarks.peers.<name>`."""
