"""Pictures and arrays written to files."""
