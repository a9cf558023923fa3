"""Fixtures for every test."""

pytest_plugins = ["support.checkpoints"]
