"""Rules for missing values, one a file."""
