"""Forms, returns and their review: the monthly loop."""
