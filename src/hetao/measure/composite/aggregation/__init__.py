"""Aggregations, one a file."""
