"""Pages for those who look after people, units and the journal."""
