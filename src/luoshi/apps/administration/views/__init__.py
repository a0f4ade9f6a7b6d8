"""Pages of the administration: people, the unit register, the journal."""
