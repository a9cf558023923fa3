"""Errors whose message is a sentence for the user: what was wrong, with which value, and what to do."""


class UserError(Exception):
    """Base of every error that is shown to the user as it stands, without a traceback."""


class InputError(UserError):
    """A sentence, a target or a setting that the model cannot work with."""


class CheckpointError(UserError):
    """A checkpoint directory that is missing, incomplete, damaged or of an unsupported kind."""
