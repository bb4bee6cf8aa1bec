"""Differences between regions: how unequal, within and between groups, and whether they close."""
