"""Bulk SQL: write and read rows without a model instance for each."""
