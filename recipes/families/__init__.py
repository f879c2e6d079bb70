"""Families: what every recipe of a family of models does, and what its report shows and measures."""
