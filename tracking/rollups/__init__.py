"""Roll up raw events and attempts into the rows that pages read.

Rows are recomputed from the source, so a repeated run changes nothing.
"""
