"""Every read of this app that joins or aggregates, as typed rows; a module a question."""
