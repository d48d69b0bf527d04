"""Workspaces, keys, limits, and the record of who did what."""
