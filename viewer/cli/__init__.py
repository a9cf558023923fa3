"""The commands of the shell: options, parsers, what they print and run."""
