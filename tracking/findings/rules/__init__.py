"""The rules, by what they look at. Each yields areas from a situation and never reads a row.

None speaks of what is complete, locked or exempt; ``reinforcement`` asks none about a course that is not running.
"""
