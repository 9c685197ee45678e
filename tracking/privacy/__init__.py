"""Consent, access log, retention, erasure, downloads and the record of processing."""
