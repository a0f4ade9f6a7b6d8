"""A target, its trajectory and what was reached."""
