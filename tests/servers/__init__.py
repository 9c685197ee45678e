"""Private servers for the tests: a PostgreSQL, a Redis and a Chromium, whatever else runs on the machine.

``python -m tests.servers COMMAND...`` runs a command with their addresses in its environment, and stops them after it.
An address that the environment gives already is used as it is, and nothing is started for it.
"""
