"""The unit tree, names over time, and the roles that people hold in units."""
