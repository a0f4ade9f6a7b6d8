"""From an uploaded file to a confirmed plan: drafts that people confirm beside the source."""
