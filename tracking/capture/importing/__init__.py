"""Foreign event logs, read row by row into the same tables as everything else, with an account of every row."""
