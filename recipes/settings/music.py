"""Which music, and in which keys."""

from recipes.settings.field import group, setting


@group
class MusicData:
    """Music of a collection or of a folder."""

    dataset: str | None = setting(
        help="Of music, folk: the tunes of Aird, O'Neill and Ryan, and the sopranos of Bach's chorales. folk_all: "
        "these, the Essen collection, not for commercial use, and a few more. bach: his chorales, or their sopranos. "
        "All are read from the package music21.",
    )
    midi_dir: str | None = setting(
        None, "Use the MIDI and ABC files in this folder (and below) in place of --dataset.", path=True
    )
    transpose: int = setting(
        5, "Train on the music in all keys from so many semitones lower to so many higher.", at_least=0, at_most=11
    )
