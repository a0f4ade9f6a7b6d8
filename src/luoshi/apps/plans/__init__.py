"""Confirmed plans: measures, targets, responsibilities, deadlines, each with its provenance."""
