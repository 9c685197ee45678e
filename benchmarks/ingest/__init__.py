"""How many events a second the intake takes, beside other ways to do the same: ``make bench-ingest``."""
