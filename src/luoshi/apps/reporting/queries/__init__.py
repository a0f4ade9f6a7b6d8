"""Every read of this app that joins or adds up."""
