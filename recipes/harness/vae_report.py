"""What every VAE recipe ends with: the figures, the pictures, the exports, the card, and what to type next."""

import keras
import numpy as np
import tensorflow as tf
from absl import flags

import zoo
from recipes.harness import card, data, exporting, pictures, report, training

FLAGS = flags.FLAGS
LIMITS = """`encode` and `reconstruct` expect images like the training images, binarized where those were. A likelihood
compares only with those of the same data and binarization. `sample` gives the pixels' means, without the noise of
p(x|z)."""


def finish(vae, images, binarization, run, extractor):
    """Measures, draws and exports a trained VAE into its run directory; all of it in float32.

    `extractor`: as for `exporting.measure_samples`.
    """
    protocol = training.protocol(vae, images, run)
    with run.new_file("model.keras") as path:
        zoo.in_float32(vae).save(path)
    vae = keras.models.load_model(run.path / "model.keras")  # measures what others will load
    test = data.evaluation_images(images, binarization)
    _draw(vae, test, run)
    metrics = exporting.export_into(run, vae, vae.examples(test[:8]))
    metrics |= exporting.measure_samples(run, extractor, images)

    # A draw without order: the first thousand digits of MNIST are easier than the rest.
    chosen = np.sort(np.random.default_rng(0).permutation(len(test))[: FLAGS.iw_images])
    print(f"Measuring on {len(chosen):,} held-out images, {FLAGS.iw_samples:,} latents each ...", flush=True)
    estimate = zoo.estimate_likelihood(vae, test[chosen], FLAGS.iw_samples, progress=report.progress)
    protocol |= {
        "unit": "nats an image",
        "held_out_images": estimate.images,
        "binarization": {
            "dynamic": "dynamic for training, one fixed draw for evaluation",
            "static": "static",
            "none": "none, 256 levels",
        }[binarization],
    }
    metrics = {**_likelihood(estimate), **metrics, "protocol": protocol}
    run.write_json("metrics.json", metrics)
    card.write(run, vae, metrics, LIMITS)
    _print_likelihood(estimate, images)
    report.print_next_steps(run, ["samples.png", "reconstructions.png", "interpolations.png", "learning_curve.png"])


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
        f"  nll_iw{estimate.samples}  {estimate.nll:.2f} +- {estimate.standard_error:.2f}   (lower is better)\n"
        f"  ELBO {estimate.elbo:.2f} = reconstruction {estimate.reconstruction:.2f} - KL {estimate.kl:.2f}; "
        f"{estimate.active_units} of {FLAGS.latent_dim} latents active"
    )
