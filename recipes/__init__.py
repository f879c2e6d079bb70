"""Recipes: one file, one result. Run one with `python -m recipes.NAME`; `--help` says what it does and takes."""
