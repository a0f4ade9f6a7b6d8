"""Units of government, their names over time, and what a printed name means at a date."""
