"""What the apps' parts of the HTTP API share: problems, pages, sign-in, common values. Imports no app but accounts."""
