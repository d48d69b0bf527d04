"""Rows as they are answered."""
