"""Leads, activities and what counts of them."""
