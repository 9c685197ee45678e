"""Learning platforms of every shape, none of them like ``courses``, and what a learner does in each.

A platform is a package: ``settings``, ``urls``, ``models``, ``views``, its ``tracking_adapter``, and ``learning``, the
tests that a process of their own runs under those settings (``test_hosts``).
"""
