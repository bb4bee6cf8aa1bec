"""Composite indices: a tree of indicators, normalised, weighted and aggregated by named rules."""
