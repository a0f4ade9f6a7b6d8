"""The product: one Django app for each part of the loop."""
