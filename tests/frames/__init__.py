"""Base templates of hosts that use a CSS framework, to stand the pages in."""
