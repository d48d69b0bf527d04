"""Pages in a real browser. A package, so that the browser is closed before other rooms' tests run."""
