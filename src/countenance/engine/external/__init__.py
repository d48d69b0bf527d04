"""Engines that run in an environment and a process of their own: (clip, sound, options) in, clip out."""
