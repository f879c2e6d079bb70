"""What every VAE recipe ends with: the figures, the pictures, the exports, the card, and what to type next."""

import keras
import numpy as np
import tensorflow as tf
from absl import flags

import zoo
from recipes.harness import card, data, distribution, exporting, pictures, report, training

FLAGS = flags.FLAGS
LIMITS = """`encode` and `reconstruct` expect images like the training images, binarized where those were. A likelihood
compares only with those of the same data and binarization. `sample` gives the pixels' means, without the noise of
p(x|z)."""


def finish(vae, images, binarization, run, extractor):
    """Measures, draws and exports a trained VAE into its run directory; all of it in float32.

    The replicas of its strategy share the measuring; the first worker does the rest.

    Args:
        vae, images, binarization: the trained model, the `data.ImageSet`, and the value of --binarization without auto.
        run: the `RunDirectory`.
        extractor: as for `exporting.measure_samples`.
    """
    test = data.evaluation_images(images, binarization)
    strategy, path = vae.distribute_strategy, run.path / "model.keras"
    if run.writes:
        with run.new_file(path.name) as new:
            zoo.in_float32(vae).save(new)
        metrics = {"protocol": training.protocol(vae, images, run)}
        vae = keras.models.load_model(path)  # measures what others will load
        _draw(vae, test, run)
        metrics |= exporting.export_into(run, vae, vae.examples(test[:8]))
    distribution.meet(strategy)
    quality = exporting.measure_samples(run, strategy, extractor, images)
    with strategy.scope():
        estimate = _estimate(keras.models.load_model(path), test, report.progress if run.writes else iter)
    if run.writes:
        _finish_report(vae, metrics | quality, estimate, images, binarization, run)
    distribution.meet(strategy)


def _estimate(vae, test, progress):
    # A draw without order: the first thousand digits of MNIST are easier than the rest.
    chosen = np.sort(np.random.default_rng(0).permutation(len(test))[: FLAGS.iw_images])
    print(f"Measuring on {len(chosen):,} held-out images, {FLAGS.iw_samples:,} latents each ...", flush=True)
    return zoo.estimate_likelihood(vae, test[chosen], FLAGS.iw_samples, progress=progress)


def _finish_report(vae, metrics, estimate, images, binarization, run):
    metrics["protocol"] |= {
        "unit": "nats an image",
        "held_out_images": estimate.images,
        "binarization": {
            "dynamic": "dynamic for training, one fixed draw for evaluation",
            "static": "static",
            "none": "none, 256 levels",
        }[binarization],
    }
    metrics = {**_likelihood(estimate), **metrics}
    run.write_json("metrics.json", metrics)
    card.write(run, vae, metrics, LIMITS)
    _print_likelihood(estimate, images)
    report.print_next_steps(
        run, metrics["bytes"], ["samples.png", "reconstructions.png", "interpolations.png", "learning_curve.png"]
    )


def _likelihood(estimate):
    k = estimate.samples
    return {
        f"nll_iw{k}": estimate.nll,
        f"nll_iw{k}_standard_error": estimate.standard_error,
        "elbo": estimate.elbo,
        "reconstruction": estimate.reconstruction,
        "kl": estimate.kl,
        "active_units": estimate.active_units,
    }


def _draw(vae, test, run):
    columns = min(10, len(test))
    originals = test[:columns]
    latents = tf.convert_to_tensor(vae.encode(originals)[0])
    weights = np.linspace(0, 1, 10, dtype=np.float32)[:, None]
    between = [(1 - weights) * latents[i] + weights * latents[(i + 1) % columns] for i in range(min(8, columns))]
    with run.new_file("samples.png") as path:
        pictures.save_grid(path, vae.sample([0, FLAGS.seed], range(100)), columns=10)
    with run.new_file("reconstructions.png") as path:
        pictures.save_grid(path, np.concatenate([originals, vae.reconstruct(originals)]), columns=columns)
    with run.new_file("interpolations.png") as path:
        pictures.save_grid(path, vae.decode(tf.concat(between, axis=0)), columns=10)
    with run.new_file("learning_curve.png") as path:
        pictures.save_learning_curve(path, {"ELBO, training": training.history(run, "elbo")}, "nats an image")


def _print_likelihood(estimate, images):
    print(
        f"\nOn {estimate.images:,} held-out images of {images.name} (nats an image):\n"
        f"  nll_iw{estimate.samples}  {estimate.nll:.2f}{_error(estimate)}   (lower is better)\n"
        f"  ELBO {estimate.elbo:.2f} = reconstruction {estimate.reconstruction:.2f} - KL {estimate.kl:.2f}; "
        f"{estimate.active_units} of {FLAGS.latent_dim} latents active"
    )


def _error(estimate):
    return f" +- {estimate.standard_error:.2f}" if estimate.images > 1 else ", of a single image"
