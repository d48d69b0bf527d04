"""An installation that is filled with everything that pages can show, for looking at, for screenshots and for tests."""
