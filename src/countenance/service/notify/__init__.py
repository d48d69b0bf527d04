"""Telling people and their software what happened."""
