"""Projects from idea to production."""
