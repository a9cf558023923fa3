"""What runs the model to measure it."""
