"""The pieces in a folder of MIDI and ABC files."""

from pathlib import Path

from tqdm import tqdm

from recipes import UserError
from recipes.data.files import files_below, readable
from recipes.data.music21_corpus import Pieces
from zoo.domains import abc, midi

MIDI = (".mid", ".midi")
ABC = (".abc",)


def read(folder: Path) -> Pieces:
    """The pieces in a folder and below it, in the order of the files' names.

    Hidden files and folders, and files of other kinds, are left out; links are followed. Tunes and files that are
    damaged are left out with a line about each.

    Raises:
        UserError: it is no folder, or has no such files.
    """
    if not folder.is_dir():
        raise UserError(f"midi_dir: {folder} is not a folder.")
    files = [file for file in files_below(folder) if file.suffix.lower() in (*MIDI, *ABC)]
    if not files:
        raise UserError(f"midi_dir: expected MIDI or ABC files ({', '.join((*MIDI, *ABC))}) in {folder}; found none.")
    scores, damaged = [], []
    for file in tqdm(files, "Reading the music", unit=" files", delay=2, dynamic_ncols=True):
        try:
            if file.suffix.lower() in ABC:
                found, faults = abc.read_what_is_sound(file)
                scores += found
                damaged += faults
            else:
                scores.append(midi.read(file))
        except (OSError, ValueError) as error:
            damaged.append(" ".join(str(error).split()))
    return Pieces(readable(folder.resolve().name), "", len(files), scores, damaged)
