"""Where the parts of the window are wired together."""
