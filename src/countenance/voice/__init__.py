"""Voices: from a script to speech with the time of every sound."""
