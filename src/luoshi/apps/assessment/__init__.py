"""Schemes of scoring adopted for periods, and their runs from facts to final ranks."""
