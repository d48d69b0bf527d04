"""Credits: given, set aside for work, spent when it succeeded."""
