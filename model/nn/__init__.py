"""The arithmetic of the Transformer: attention, layers, both stacks, and one decoder row at a time."""
