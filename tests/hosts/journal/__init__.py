"""Async views on an ASGI server, some of them cached; progress that the host itself keeps."""
