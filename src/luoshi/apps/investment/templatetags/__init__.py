"""How figures of investment promotion are written on pages."""
