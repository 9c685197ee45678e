"""The change queue, and the pipeline that recomputes what changed."""
