"""A variational autoencoder of drum beats, which plays a score as a drummer would.

    python -m recipes.vae_drums
    python -m recipes.vae_drums --task=groove --out_dir=runs/groove
    python -m recipes.vae_drums --data_dir=~/tensorflow_datasets

Makes in --out_dir: samples, reconstructions, interpolations and, for humanize, humanized, each as .png, .mid and .wav;
learning_curve.png, metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite.

In the manner of GrooVAE (Gillick et al. 2019, arXiv 1905.06118), on two-bar windows of the Groove MIDI Dataset: nine
drums, and of each hit its velocity and its offset from the grid. For humanize, the encoder sees the hits alone:
`reconstruct` of a score, velocities and offsets 0, is how it would be played. Deviations: dense networks in place of
LSTMs, a learned prior, velocities and offsets count only where there is a hit, and no free bits.

Reaches: not known. It was written without a network, and tried on beats made up in the format of these data.
"""

import functools
import typing

from recipes.harness import app
from recipes.settings import Budget, DrumData, DrumSettings, LikelihoodSettings, Machine, Quality, Run, Training, group

if typing.TYPE_CHECKING:
    import zoo
    from zoo.domains import Domain


@group
class Settings:
    data: DrumData = DrumData()
    training: Training = Training(epochs=60, batch_size=128, learning_rate=1e-3)
    machine: Machine = Machine()
    run: Run = Run(out_dir="runs/vae_drums")
    vae: DrumSettings = DrumSettings()
    quality: Quality = Quality()
    budget: Budget = Budget()
    likelihood: LikelihoodSettings = LikelihoodSettings()


def build_model(domain: "Domain", settings: Settings = Settings()) -> "zoo.VAE":
    """A VAE for beats, whose encoder sees what the task says."""
    import zoo

    vae, policy = settings.vae, settings.training.policy
    likelihood = zoo.likelihoods.MarkedEvents([(0.0, 1.0), (-0.5, 0.5)])  # velocities, offsets
    shape, widths, hits_only = likelihood.parameters_shape(domain.shape), [vae.width] * 2, vae.task == "humanize"
    prior = {"normal": zoo.priors.StandardNormalPrior, "flow": zoo.priors.RealNVPPrior}[vae.prior]
    return zoo.VAE(
        zoo.networks.beat_encoder(domain.shape, 2 * vae.latent_dim, hits_only, widths, dtype=policy),
        zoo.networks.dense_decoder(shape, vae.latent_dim, widths, dtype=policy),
        prior=prior(vae.latent_dim),
        likelihood=likelihood,
        objective=zoo.objectives.ELBO(vae.beta),
        domain=domain,
        seed=settings.training.seed,
    )


def main(settings: Settings = Settings()) -> None:
    """Trains, measures and exports it: a whole run."""
    with app.opened(__file__, settings) as run:
        from recipes.data import groove
        from recipes.families import beats, vae

        load = functools.cache(lambda: groove.load(settings.data))
        vae.train_and_report(
            build_model,
            lambda: load().data,
            settings,
            run,
            shows=(*vae.SHOWS, *([beats.humanized] if settings.vae.task == "humanize" else [])),
            measures=(*vae.MEASURES, lambda trained: beats.playing(trained, load().tempos)),
        )


if __name__ == "__main__":
    app.run(main, Settings(), __file__)
