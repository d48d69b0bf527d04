"""Steps by which the tables came to be what they are; `scripts/new_migration.py` writes the next one."""
