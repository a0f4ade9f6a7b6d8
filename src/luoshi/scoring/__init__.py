"""Scoring schemes as data, points that explain themselves."""
