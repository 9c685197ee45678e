"""What purging old raw events costs: ``make bench-retention``."""
