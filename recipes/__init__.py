"""Recipes: one file, one result. Run one with `python -m recipes.NAME`; `--help` says what it does and takes."""


class UserError(Exception):
    """Bad input or a broken surrounding; the message is one clear line and replaces the traceback."""
