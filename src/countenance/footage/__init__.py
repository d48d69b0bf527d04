"""May this material train a replica? Rules, measurements, and a report that explains itself."""
