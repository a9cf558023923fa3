"""The desktop application: a window on a living encoder-decoder Transformer."""

__version__ = "0.1.0"
