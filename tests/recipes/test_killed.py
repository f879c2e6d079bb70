"""Runs that are killed again and again end like one that is left alone, bit for bit; Ctrl-C says how to go on."""

import csv
import random
import shlex
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
from conftest import ROOT, run_python

import zoo

EPOCHS, KILLS = 12, 5
SMALL = {
    "vae_mnist": ["--encoder=dense", "--decoder=dense", "--latent_dim=4", "--iw_samples=1", "--quality_images=50"],
    "dcgan_mnist": ["--width=2", "--latent_dim=4", "--augmentation=adaptive", "--quality_images=50"],
    "classifier": [],
}


def command(recipe, out):
    flags = ["--dataset=mnist-5000", f"--epochs={EPOCHS}", "--batch_size=30", *SMALL[recipe]]
    return ["-m", f"recipes.{recipe}", f"--out_dir={out}", *flags]


def last_checkpoint(out):
    return max((out / "checkpoints").glob("epoch_*.keras"), default=None)


def kill_within_an_epoch(arguments, out, moment):
    """Starts a run and kills it some time after it has finished another epoch; tells whether it came to its end."""
    before = last_checkpoint(out)
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and last_checkpoint(out) == before:
        wait(process, 0.02)
    wait(process, moment)
    process.kill()
    return process.wait() == 0


def kill_while_it_writes(arguments, out):
    """Starts a run and kills it while it writes a checkpoint; tells whether a part of one was left behind."""
    started = time.time_ns()
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and not parts_of_checkpoints(out, started):
        wait(process, 0.001)
    process.kill()
    process.wait()
    return bool(parts_of_checkpoints(out, started))


def parts_of_checkpoints(out, since=0):
    """Files that are being written, or that nobody will end, from a time on."""
    return [path for path in (out / "checkpoints").glob(".epoch_*") if modified(path) > since]


def modified(path):
    """In nanoseconds; 0 where the file has gone."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def wait(process, seconds):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def state(model):
    """Everything that training changes."""
    players = [model.optimizer, *([model.discriminator_optimizer] if isinstance(model, zoo.GAN) else [])]
    return [*model.weights, *(variable for player in players for variable in player.variables)]


@pytest.mark.slow
@pytest.mark.parametrize("recipe", SMALL)
def test_killed_at_any_moment_it_goes_on_to_the_same_end(recipe, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run_python(*command(recipe, whole)).returncode == 0
    moments = random.Random(0)
    for number in range(KILLS):
        arguments = [*command(recipe, killed), *(["--resume"] if number else [])]
        assert not kill_within_an_epoch(arguments, killed, moments.uniform(0, 2))
        assert len(list((killed / "checkpoints").iterdir())) <= 3  # two, and one that was being written
    assert any(kill_while_it_writes([*command(recipe, killed), "--resume"], killed) for _ in range(KILLS))
    process = run_python(*command(recipe, killed), "--resume")
    assert process.returncode == 0, process.stderr
    assert "Going on after epoch" in process.stdout
    assert not parts_of_checkpoints(killed)
    with open(killed / "history.csv", newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == [str(epoch) for epoch in range(EPOCHS)]
    # The zip files themselves differ, as they hold times.
    one, other = (state(keras.models.load_model(last_checkpoint(out))) for out in (whole, killed))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(tmp_path):
    out = tmp_path / "my run"
    arguments = [*command("vae_mnist", out), "--strategy=one_device", "--worker_timeout=60"]
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not last_checkpoint(out):
        wait(process, 0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    note, again = said.strip().splitlines()[-2:]
    assert note == "Stopped. Go on from the last finished epoch with:"
    arguments = shlex.split(again)[1:]
    assert {"--strategy=one_device", "--worker_timeout=60"} < set(arguments)
    process = run_python(*arguments)
    assert process.returncode == 0, process.stderr
    assert "Going on after epoch" in process.stdout
