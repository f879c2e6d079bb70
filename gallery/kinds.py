"""How a model is shown, by the domain that it says it is of: its files, and its part of the manifest.

A kind is a module with `NOUNS`, what its data are called; `write(exhibit, model, directory)`, the files of a model
beside its exports; and `entry(exhibit, model, digits)`, what the page reads of a model of this kind alone. The page has
a room for each kind, in `src/main.js`.
"""

from gallery import images, music

KINDS = {"images": images, "music": music}


def domain_of(model):
    """What an export's signature `about` says of the domain; images, where a model has none."""
    return model.domain.about()["domain"] if model.domain else "images"
