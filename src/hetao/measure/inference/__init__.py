"""Inference: how sure scores and indices are."""
