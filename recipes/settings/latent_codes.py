"""The codes among the latents of an InfoGAN."""

from recipes.settings.field import group, setting


@group
class CodeSettings:
    """How many codes there are, of which kind."""

    categories: int = setting(10, "Length of the one-hot code.", at_least=2)
    continuous: int = setting(2, "How many continuous codes.", at_least=0)
