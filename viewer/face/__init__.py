"""Attention Viewer as a library."""
