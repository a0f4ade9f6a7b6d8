"""Reading a plan: outline, responsibilities, targets, deadlines, tables."""
