"""What can be measured of a person: face, identity, voice, speech. Typed functions over arrays."""
