"""What a host needs to test its adapter: ``recorder``, ``assertions``, ``consent``, ``factories``, and a pytest plugin.

This file imports nothing, because pytest imports ``tracking.testing.plugin`` before Django has its settings.
"""
