"""Reading rollups, deciding what needs reinforcement, and saying why. Pages and API both ask here."""
