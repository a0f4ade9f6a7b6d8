"""How dates and numbers are shown."""
