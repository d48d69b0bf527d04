"""Pronunciation dictionaries of a workspace."""
