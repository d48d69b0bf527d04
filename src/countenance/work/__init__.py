"""What runs in a process of its own: one task in a folder, told in lines of JSON (docs/work.md)."""
