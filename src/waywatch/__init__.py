"""Waywatch runs a Coalition Build from end to end. The picture of the house is in docs/explanation/architecture.md."""

__version__ = "0.1.0"
