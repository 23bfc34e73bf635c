"""Benchmarks for airspeed velocity: `asv run`, `asv publish`, `asv preview` (see CONTRIBUTING)."""
