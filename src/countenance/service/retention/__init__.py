"""What is kept for how long, and deleted by itself afterwards."""

from countenance.service.retention.leftovers import delete_leftovers
from countenance.service.retention.sweep import sweep

__all__ = ["delete_leftovers", "sweep"]
