"""Files written whole, settings, sessions, unsaved work."""
