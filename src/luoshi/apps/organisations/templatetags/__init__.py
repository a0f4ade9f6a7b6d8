"""Tags of the unit register."""
