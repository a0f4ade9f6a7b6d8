"""Periods, due dates, working days."""
