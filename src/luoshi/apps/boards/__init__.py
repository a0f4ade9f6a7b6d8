"""Where it is burning: maps, heat tables and lists of what is behind."""
