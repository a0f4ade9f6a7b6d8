"""Early warnings, the problems that units raise, and the meetings that decide what is done about both."""
