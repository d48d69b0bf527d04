"""The life of what replicas speak."""
