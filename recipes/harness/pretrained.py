"""A trained model that a person names in a setting, or one line that says why there is none."""

from pathlib import Path

import zoo
from recipes import UserError
from zoo.generative import GenerativeModel
from zoo.pretrained import loading


def load(setting: str, name: str | Path) -> tuple[GenerativeModel, Path]:
    """(what `zoo.load` gives for a name, the file that it came from).

    Raises:
        UserError: as `zoo.load`, with the name of the setting in front.
    """
    try:
        path = loading.file_of(name)
        return zoo.load(path), path
    except (OSError, ValueError) as error:
        raise UserError(f"{setting}: {str(error).removeprefix('model: ')}") from error
