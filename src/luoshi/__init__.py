"""Luoshi (落实): from a government plan to a closed loop of targets, returns and supervision."""

__version__ = "0.1.0"
