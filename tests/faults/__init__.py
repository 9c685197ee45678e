"""A site whose workers, broker and database are killed while learners use it.

``run.through`` starts everything for itself: a web process, Celery workers and beat, a PostgreSQL and a Redis.
"""
