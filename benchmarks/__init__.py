"""Measurements of this project against others, side by side on one machine: `python -m benchmarks.<name> --help`."""
