"""What it costs to be rid of old raw events: ``make bench-retention``."""
