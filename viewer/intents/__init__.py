"""What a key or a click means: the next document or view, and the questions that follow."""
