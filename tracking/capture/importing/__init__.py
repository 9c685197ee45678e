"""Import foreign event logs, row by row, into the same tables as all other events, and account for every row."""
