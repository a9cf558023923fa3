"""From what was computed and what is looked at to what is painted: pure functions, no Qt."""
