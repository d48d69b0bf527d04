"""Hard deletion: afterwards nothing is left here of the person whom a replica or a video shows."""
