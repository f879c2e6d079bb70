"""The front door: recipes in Python, and what becomes of what goes wrong."""

import errno
import sys

import pytest
from conftest import run_python

from recipes import UserError, vae_mnist
from recipes.harness import app
from recipes.settings import Machine, Run

TWO_RECIPES = """
import sys
from pathlib import Path
from recipes import UserError, classifier, evaluate, infogan_mnist, vae_mnist
from recipes.settings import *

out = Path(sys.argv[1])
quick = {"epochs": 1, "steps": 2, "batch_size": 20, "learning_rate": 1e-3}
digits = ImageData(dataset="mnist-5000")
training = Training(**quick, precision="float32")
classifier.main(classifier.Settings(data=digits, training=training, run=Run(out_dir=out / "classifier")))
infogan_mnist.main(
    infogan_mnist.Settings(
        data=digits,
        training=Training(**quick),
        run=Run(out_dir=out / "gan"),
        gan=GANSettings(latent_dim=14, width=2, beta_1=0.0, beta_2=0.9),
        quality=Quality(quality_images=50),
    )
)
evaluate.main(evaluate.Settings(artefact=out / "gan", quality=Quality(quality_images=50)))
try:
    vae_mnist.main(vae_mnist.Settings(data=digits, run=Run(out_dir=out / "gan")))
except UserError as error:
    print("REFUSED", error)

import keras
from absl import flags
import zoo

print("FLAGS", sorted({"dataset", "out_dir", "seed", "epochs"} & set(flags.FLAGS)))
print("POLICY", keras.config.dtype_policy().name)
domain = zoo.domains.Images(28, 28, 1, class_names="0123456789")
print("MODELS", type(vae_mnist.build_model(domain)).__name__, type(classifier.build_model(domain)).__name__)
"""


def test_recipes_run_in_one_process_without_flags(tmp_path):
    process = run_python("-c", TWO_RECIPES, tmp_path)
    assert process.returncode == 0, process.stderr
    for line in ("FLAGS []", "POLICY float32", "MODELS VAE Classifier"):
        assert line in process.stdout.splitlines()
    assert f"REFUSED out_dir: {tmp_path}/gan holds another run (run.json)" in process.stdout
    assert process.stdout.count("Starting TensorFlow") == 1
    assert (tmp_path / "classifier" / "metrics.json").is_file()
    assert "python -m recipes.infogan_mnist --dataset=mnist-5000" in (tmp_path / "gan" / "card.md").read_text()
    assert (tmp_path / "gan" / "model.tflite").is_file()


def settings_for(path):
    return vae_mnist.Settings(machine=Machine(strategy="one_device"), run=Run(out_dir=path))


def test_a_full_disk_is_said_in_one_line(tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "model.keras"))
    with (
        pytest.raises(UserError, match=r"^can't write to .*model\.keras: the disk is full\.$"),
        app.opened("vae_mnist.py", settings_for(tmp_path)),
    ):
        raise full
    with (
        pytest.raises(UserError, match=f"^can't write to {tmp_path}: the disk is full"),
        app.opened("vae_mnist.py", settings_for(tmp_path)),
    ):
        raise OSError("Can't write data (No space left on device)")  # as HDF5 says it
    with pytest.raises(FileNotFoundError), app.opened("vae_mnist.py", settings_for(tmp_path)):
        (tmp_path / "absent").read_text()


def test_an_interruption_says_how_to_go_on(tmp_path):
    with pytest.raises(KeyboardInterrupt) as stopped, app.opened("vae_mnist.py", settings_for(tmp_path)):
        raise KeyboardInterrupt
    assert not hasattr(stopped.value, "__notes__")  # nothing was begun
    with (  # noqa: PT012
        pytest.raises(KeyboardInterrupt) as stopped,
        app.opened("vae_mnist.py", settings_for(tmp_path)) as run,
    ):
        run.begin("9 images")
        with run.new_checkpoint(1) as path:
            path.write_text("weights")
        raise KeyboardInterrupt
    command = f"python -m recipes.vae_mnist --out_dir={tmp_path} --strategy=one_device --resume"
    assert stopped.value.__notes__ == [f"Go on from the last finished epoch with:\n    {command}"]


def test_what_was_not_given_is_as_the_run_was_started_with(tmp_path):
    with app.opened("vae_mnist.py", settings_for(tmp_path / "run")) as run:
        run.settings["seed"] = 7
        run.begin("9 images")
    program = (
        "import recipes.vae_mnist as recipe; from recipes.harness import app;"
        "app.run(lambda settings: print(settings.training.seed, settings.vae.beta, settings.machine.strategy),"
        "recipe.Settings(), recipe.__file__)"
    )
    for flags, printed in {
        ("--resume",): "7 1.0 auto",
        ("--resume", "--seed=3", "--beta=2"): "3 2.0 auto",
        (): "0 1.0 auto",
    }.items():
        process = run_python("-c", program, f"--out_dir={tmp_path / 'run'}", *flags)
        assert process.stdout.strip() == printed, process.stderr


def test_a_user_error_ends_a_program_with_one_line():
    program = (
        "from recipes import UserError, vae_mnist as recipe; from recipes.harness import app\n"
        "def main(settings): raise UserError('seed: no luck.')\n"
        "app.run(main, recipe.Settings(), recipe.__file__)"
    )
    process = run_python("-c", program)
    assert (process.returncode, process.stderr) == (1, "vae_mnist: seed: no luck.\n")


def test_nothing_here_defined_flags():
    from absl import flags

    assert "dataset" not in flags.FLAGS
    assert "recipes.vae_mnist" in sys.modules
