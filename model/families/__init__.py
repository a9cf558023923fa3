"""Families of checkpoints: the files of one, read as an `Architecture` and the names its tensors are stored under."""
