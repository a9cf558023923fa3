"""The one thread that computes, and the questions put to it."""
