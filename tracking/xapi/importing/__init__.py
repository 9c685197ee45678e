"""Foreign logs of xAPI statements."""
