"""How a translation is found: following what was chosen, and beam search."""
