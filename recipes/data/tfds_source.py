"""Data sets of TensorFlow Datasets: prepared before, or prepared now where their source answers."""

import contextlib
from collections.abc import Iterator

import requests
import tensorflow_datasets as tfds
from absl import logging

from recipes import UserError

PROBE_SECONDS = 4


def prepared(builder: tfds.core.DatasetBuilder, name: str, data_dir: str | None) -> bool:
    """Prepares a data set unless it is; whether it is then: it can't be where its source does not answer.

    Args:
        builder: of the data set.
        name: what a person calls it.
        data_dir: where it is to be prepared already; None: in TFDS's own folder, where it may be prepared now.

    Raises:
        UserError: `data_dir` does not have it.
    """
    with _without_warnings():
        there = builder.is_prepared()
    if there:
        return True
    if data_dir:
        raise UserError(f"data_dir: {data_dir} holds no prepared {name!r}; expected {builder.data_path}.")
    if not source_answers(builder):
        return False
    builder.download_and_prepare()
    return True


def source_answers(builder: tfds.core.DatasetBuilder) -> bool:
    """Whether an address that a data set is downloaded from answers within seconds; TFDS itself tries for minutes."""
    try:
        for url in list(builder.url_infos)[:1]:
            requests.head(url, timeout=PROBE_SECONDS)
    except requests.RequestException:
        return False
    return True


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """TFDS warns of a folder that a failed download left behind. `prepared` says whether that matters."""
    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(before)
