"""What content tells the learning record store here: statements kept, and turned into events and attempts."""
