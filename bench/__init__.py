"""Measurements: `python -m bench`. Figures go to reports/benchmarks.md; nothing here is a test."""
