"""Errors that are a person's to mend."""


class UserError(Exception):
    """Bad input or a broken surrounding; the message is one clear line and replaces the traceback."""
