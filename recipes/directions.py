"""Directions in the latent space of a VAE of tunes: how to make any tune denser, wider or more syncopated, or less so.

    python -m recipes.directions --model=vae_melody
    python -m recipes.directions --model=vae_melody --given=my_tune.mid --out_dir=my_tune
    python -m recipes.directions --model=runs/vae_melody --midi_dir=my_tunes --amount=1

Makes in --out_dir: density, range and syncopation as .png, .mid and .wav, in which a row goes from less of it to more,
with the tune itself in the middle, as the model gives it back; and directions.json with the directions and what they do
to held-out tunes, which is printed, too. The music is what the model says it was trained on, or --dataset or
--midi_dir. The method is that of MusicVAE, see `zoo.attribute_direction`.
"""

from recipes.harness import app
from recipes.settings import MusicData, group, setting


@group
class Settings:
    model: str | None = setting(None, "A name, a run directory, a .keras file or an address.", path=True, required=True)
    data: MusicData = MusicData(dataset=None)
    given: str | None = setting(
        None, "A tune to change: a MIDI or ABC file, its first two bars of 4/4. Default: held-out tunes.", path=True
    )
    amount: float = setting(
        2.0,
        "How far to go each way; 1 is the way from the mean of the quarter of tunes that has least of something to "
        "that of the quarter that has most.",
        at_least=0.01,
    )
    out_dir: str = setting("runs/directions", "The folder to write into.", path=True, kept=False)
    overwrite: bool = setting(False, "Replace such files if they are there.", kept=False)


def main(settings: Settings) -> None:
    """Finds the directions, measures and writes.

    Raises:
        UserError: there is no such model, it is no VAE of tunes, or a file can't be read or written; one line.
    """
    app.start()
    from recipes.report import directions

    print(directions.find(settings))


if __name__ == "__main__":
    app.run(main, Settings(), __file__)
