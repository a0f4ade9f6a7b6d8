"""Every read of this app that joins or counts."""
