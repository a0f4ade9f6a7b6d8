"""Tags and filters that every app's templates may load."""
