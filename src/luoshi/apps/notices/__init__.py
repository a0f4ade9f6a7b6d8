"""Messages to people and programs: in the site, by e-mail, by signed webhook."""
