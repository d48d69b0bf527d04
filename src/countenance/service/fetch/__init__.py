"""Fetching media from URLs that users give."""
