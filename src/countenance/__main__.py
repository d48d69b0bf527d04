"""`python -m countenance` is the same as `countenance`."""

from __future__ import annotations

from countenance.cli.main import main

if __name__ == "__main__":
    main()
