"""The window's widgets: they are given specs by setters and tell intents by signals, and know no model."""
