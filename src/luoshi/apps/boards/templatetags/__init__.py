"""Words of the boards in templates."""
