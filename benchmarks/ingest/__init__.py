"""How many events a second are ingested, compared with other ways to store them: ``make bench-ingest``."""
