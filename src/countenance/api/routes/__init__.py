"""What can be done, by subject."""
