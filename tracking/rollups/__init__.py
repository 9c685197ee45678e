"""From raw events and attempts to the rows that pages read: recomputed from the source, so twice is as good as once."""
