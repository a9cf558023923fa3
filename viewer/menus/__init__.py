"""Every action once, and what the menus do."""
