"""One painter per picture: each gets a painter, a rectangle, a spec and a style, and knows nothing else."""
