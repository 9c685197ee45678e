"""The checks of ``tracking_doctor``. Each returns one line: a fact, its health, and advice if something is wrong."""
