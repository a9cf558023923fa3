"""Colours, fonts, style sheet and the files that come with the program."""
