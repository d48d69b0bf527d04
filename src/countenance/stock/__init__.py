"""Synthetic people: footage with known lip curves that needs nobody's face."""
