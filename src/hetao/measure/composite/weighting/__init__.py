"""Weightings, one a file."""
