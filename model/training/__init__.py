"""From a file of sentence pairs to a complete checkpoint directory."""
