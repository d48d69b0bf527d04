"""Stored objects: media that came in, replicas, and videos."""
