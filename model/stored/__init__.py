"""Weight files: which a checkpoint has, what they say is in them, and the tensors themselves."""
