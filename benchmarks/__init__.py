"""Measurements of speed and quality, some beside other libraries: `python -m benchmarks.<name> --help`."""
