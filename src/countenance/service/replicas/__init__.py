"""The life of a replica."""
