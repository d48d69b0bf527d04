"""Repair of a bent mouth by a small net of one person's own: learned in minutes, left out where it does not help."""
