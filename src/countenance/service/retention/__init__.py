"""What is kept for how long, and deleted by itself afterwards."""

from countenance.service.retention.sweep import sweep

__all__ = ["sweep"]
