"""From footage to a replica that speaks."""
