"""Targets shared out over units and periods, their trajectories and commitment letters."""
