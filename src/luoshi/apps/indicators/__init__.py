"""What is measured, and every value that was observed of it, as of any moment."""
