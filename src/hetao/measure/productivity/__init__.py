"""Productivity over time: one index a file."""
