"""What waits for me, and what is due soon."""
