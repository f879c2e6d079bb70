"""A GAN that harmonizes: a soprano of two bars in, three voices below it out, in Bach's manner.

    python -m recipes.gan_chorale
    python -m recipes.sample --model=runs/gan_chorale --given=my_tune.mid

Makes in --out_dir: harmonies, as .png, .mid and .wav; learning_curve.png, quality.png where samples are measured,
metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

Chorales are read from the package music21, `pip install ".[music]"`. The generator chooses voice after voice, step
after step, by a uniform number for each choice: another seed, another harmony. It learns each choice from Bach's own,
and of the discriminator how its choices go together. The soprano comes back untouched.

Reaches, seeds 0, 1 and 2: Frechet distances of 0.89, 1.17 and 0.78, where training chorales have 0.70; 5.9, 6.5 and 6.0
parallel fifths and octaves per 1,000 chord changes, where held-out Bach has 2.6; 97 % of the chords are of kinds that
Bach uses, and 77 to 79 % are others with another seed. Costs 17 minutes on one core with bfloat16.
"""

import functools
import typing

from recipes.harness import app
from recipes.settings import Budget, HarmonySettings, Machine, MusicData, Quality, Run, Training, group

if typing.TYPE_CHECKING:
    import zoo
    from zoo.domains import Music

VOICES = 4


@group
class Settings:
    data: MusicData = MusicData(dataset="bach")
    training: Training = Training(epochs=3, batch_size=64, learning_rate=2e-3)
    machine: Machine = Machine()
    run: Run = Run(out_dir="runs/gan_chorale")
    gan: HarmonySettings = HarmonySettings(
        beta_1=0.0, beta_2=0.99, temperature=0.5, imitation=0.1, clip_norm=5.0, ema_halflife=5_000
    )
    quality: Quality = Quality()
    budget: Budget = Budget()


def build_model(domain: "Music", settings: Settings = Settings()) -> "zoo.GAN":
    """A GAN of chorales, told the soprano."""
    import zoo

    gan, policy, shape, values = settings.gan, settings.training.policy, domain.shape, domain.values
    soprano = domain.voice_names[0]
    generator = zoo.networks.harmonizer(shape, values, gan.units, gan.width, gan.temperature, soprano, dtype=policy)
    return zoo.GAN(
        generator,
        zoo.networks.voice_discriminator(shape, values, gan.width, domain.datum, dtype=policy),
        prior=zoo.priors.UniformPrior(generator.inputs[0].shape[1]),
        loss=zoo.losses.Relativistic(),
        penalties=[zoo.penalties.R1(weight=0.3, every=16)],
        relaxation=zoo.relaxations.Chosen(values),
        condition_values=values,
        ema_halflife=gan.ema_halflife,
        imitation=gan.imitation,
        domain=domain,
        seed=settings.training.seed,
    )


def main(settings: Settings = Settings()) -> None:
    """Trains, measures and exports it: a whole run."""
    with app.opened(__file__, settings) as run:
        from recipes.data import music
        from recipes.families import chorales, gan

        load = functools.partial(music.load, settings.data, VOICES)
        gan.train_and_report(build_model, load, settings, run, conditional=True, **chorales.REPORT_OF_GAN)


if __name__ == "__main__":
    app.run(main, Settings(), __file__)
