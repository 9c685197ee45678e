"""Bulk SQL: rows written and read without a model instance for each."""
