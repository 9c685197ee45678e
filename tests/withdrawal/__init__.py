"""A site of two web processes, in one of which a learner streams while they withdraw in the other.

``run.measure`` starts everything for itself: gunicorn (WSGI) and granian (ASGI), and a Redis where the cache is that.
"""
