"""Draws samples of a trained model into files that a person opens.

    python -m recipes.sample --model=cgan_mnist --seed=7
    python -m recipes.sample --model=cgan_mnist --labels=3,1,4 --num_samples=3
    python -m recipes.sample --model=runs/vae_mnist --temperature=0.7 --out=typical.png
    python -m recipes.sample --model=runs/vae_chorale --given=soprano.mid --num_samples=10

A model of the zoo by its name (`python -c "import zoo; print(zoo.models())"` lists them), a run directory, a .keras
file, or an address with a hash. The same seed draws the same samples on every machine. A model that knows classes is
asked for one after the other, ten samples each, unless --labels says otherwise. One that makes music for a voice is
told it by --given. Without --out it leaves a file of each kind that suits what it draws; with it, the one file, of the
kind that its suffix says.
"""

from recipes.harness import app
from recipes.settings import group, setting


@group
class Settings:
    model: str | None = setting(None, "A name, a run directory, a .keras file or an address.", path=True, required=True)
    seed: int = setting(0, "Which of the endless rows of samples.", at_least=-(2**31), at_most=2**31 - 1)
    num_samples: int | None = setting(
        None, "How many, the first ones of the seed. Default: 100 images, or 25 of music.", at_least=1
    )
    temperature: float = setting(1.0, "1 samples the model, less gives more typical samples.", at_least=0.0)
    labels: str | None = setting(None, "Classes to ask for, of a model that knows them: 7, or 3,1,4 in turn.")
    given: str | None = setting(
        None, "What a model is told that is no class: a MIDI or ABC file with the soprano, say.", path=True
    )
    out: str | None = setting(
        None, "The file to write. Default: <model>_seed<seed> in this folder, each kind.", path=True
    )
    overwrite: bool = setting(False, "Replace the file if it is there.")
    soundfont: str | None = setting(
        None, "Instruments, .sf2, that the program fluidsynth plays music with. Default: a plain string.", path=True
    )


def main(settings: Settings) -> None:
    """Draws and writes.

    Raises:
        UserError: there is no such model, it is told something else, or a file can't be read or written; one line.
    """
    app.start()
    from recipes.report import drawing

    paths = drawing.draw(settings)
    print(f"Made {', '.join(map(str, paths))}. Next: open {paths[0]}; another --seed draws others.")


if __name__ == "__main__":
    app.run(main, Settings(), __file__)
