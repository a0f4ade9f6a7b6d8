"""Tags and filters of this app."""
