"""Every figure of docs/benchmarks.md, made again: `python -m benchmarks`."""
