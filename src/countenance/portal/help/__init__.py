"""What the help pages say, as data; the documentation is written from the same."""
