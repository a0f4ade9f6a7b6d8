"""Check-up (方案体检) of a plan: what was found, and what people decided about it."""
