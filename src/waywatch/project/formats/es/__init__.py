"""Formats in Spanish."""
