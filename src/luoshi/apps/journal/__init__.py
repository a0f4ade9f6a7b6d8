"""Who did what, when, before and after: append-only and hash-chained."""
