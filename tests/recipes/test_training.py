import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from absl import flags
from absl.testing import flagsaver
from PIL import Image

import zoo
from recipes import vae_mnist
from recipes.harness import data, distribution, training
from recipes.harness.errors import UserError
from recipes.harness.run_directory import RunDirectory

if not flags.FLAGS.is_parsed():
    flags.FLAGS(["tests"])


@pytest.fixture
def images():
    """400 of the embedded digits to train on."""
    digits = data.embedded_digits()
    return digits._replace(train=digits.train.take(400), train_size=400)


def train(images, directory, draw=lambda model: model.sample([0, 0], range(4)), **settings):
    """Trains as the recipe does, with a small network, and returns the model."""
    settings = {"epochs": 3, "batch_size": 50, "latent_dim": 4, "decoder": "dense", **settings}
    with flagsaver.flagsaver(**settings):
        keras.utils.set_random_seed(0)
        run = RunDirectory(directory, {}, resume=(directory / "run.json").exists())
        model = vae_mnist.build_model(images.image_shape, binary=True)
        model.compile(
            optimizer=training.optimizer_for(images), steps_per_execution=training.steps_per_execution(images)
        )
        return training.train(model, images, "dynamic", run, draw)


def train_gan(images, directory, draw=None):
    """The same for a conditional GAN with all that has a state."""
    with flagsaver.flagsaver(epochs=3, batch_size=50):
        keras.utils.set_random_seed(0)
        run = RunDirectory(directory, {}, resume=(directory / "run.json").exists())
        gan = zoo.GAN(
            zoo.networks.dcgan.generator([28, 28, 1], latent_dim=4, width=2, num_classes=10),
            zoo.networks.dcgan.discriminator([28, 28, 1], width=2, num_classes=10),
            penalties=[zoo.penalties.R1(every=3)],
            augmentation=zoo.augmentation.AdaptiveAugmentation(),
            num_classes=10,
        )
        optimizers = training.optimizer_for(images, 0.5), training.optimizer_for(images, 0.5)
        gan.compile(*optimizers, steps_per_execution=training.steps_per_execution(images))
        return training.train(gan, images, "none", run, draw, labels=np.arange(400, dtype=np.int32) % 10)


def test_replicas_that_the_flags_ask_for_learn_what_one_device_does(images, tmp_path, capsys):
    """On four logical CPUs (see conftest.py), resumed once; with SGD, as Adam hides gradients of a wrong scale."""

    def train(name, strategy, epochs):
        settings = {"batch_size": 40, "latent_dim": 4, "encoder": "dense", "decoder": "dense"}
        settings |= {"prior": "normal", "precision": "float32"}
        with flagsaver.flagsaver(epochs=epochs, strategy=strategy, **settings):
            keras.utils.set_random_seed(0)
            run = RunDirectory(tmp_path / name, {}, resume=(tmp_path / name / "run.json").exists())
            with distribution.strategy().scope():
                model = vae_mnist.build_model(images.image_shape, binary=True)
                steps = training.steps_per_execution(images)
                model.compile(keras.optimizers.SGD(1e-4), steps_per_execution=steps)
            return training.train(model, images, "dynamic", run)

    one = train("one", "one_device", 2)
    assert "replicas" not in capsys.readouterr().out
    train("four", "one_device", 1)  # with several steps an execution, which replicas can't do
    four = train("four", "mirrored", 2)
    assert "Training on 4 replicas, 10 of each batch's images on each." in capsys.readouterr().out
    assert four.distribute_strategy.num_replicas_in_sync == 4
    np.testing.assert_allclose(weights(four), weights(one), atol=1e-5)
    np.testing.assert_allclose(zoo.in_float32(four).sample([0, 1], range(4)), one.sample([0, 1], range(4)), atol=1e-4)


def test_a_strategy_that_the_machine_can_not_give(monkeypatch):
    with flagsaver.flagsaver(strategy="mirrored", batch_size=50), pytest.raises(UserError, match="multiple of the 4"):
        distribution.strategy()
    with flagsaver.flagsaver(strategy="multi_worker"), pytest.raises(UserError, match="expected several workers.*none"):
        distribution.strategy()
    with flagsaver.flagsaver(strategy="tpu"), pytest.raises(UserError, match="strategy: tpu expected a TPU"):
        distribution.strategy()
    alone = tf.config.list_logical_devices("CPU")[:1]
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: alone if kind == "CPU" else [])
    with (
        flagsaver.flagsaver(strategy="mirrored"),
        pytest.raises(UserError, match=r"several.*CPU:0.*_devices=2"),
    ):
        distribution.strategy()
    with flagsaver.flagsaver(strategy="auto"):
        assert distribution.strategy().num_replicas_in_sync == 1


def weights(model):
    return np.concatenate([w.ravel() for w in model.get_weights()])


def everything(model):
    """The weights, and the state of the optimizers."""
    optimizers = [model.optimizer, getattr(model, "discriminator_optimizer", model.optimizer)]
    states = [variable.numpy().ravel() for optimizer in optimizers for variable in optimizer.variables]
    return np.concatenate([weights(model), *states])


@pytest.mark.parametrize("train", [train, train_gan])
def test_an_interrupted_run_goes_on_to_the_same_end(train, images, tmp_path):
    whole = train(images, tmp_path / "whole")
    calls = []

    def interrupt(model):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return np.zeros([4, 28, 28, 1], np.float32)

    with pytest.raises(KeyboardInterrupt):
        train(images, tmp_path / "resumed", draw=interrupt)
    resumed = train(images, tmp_path / "resumed")
    assert int(resumed.optimizer.iterations) == int(whole.optimizer.iterations) == 24 > whole.steps_per_execution > 1
    np.testing.assert_array_equal(everything(resumed), everything(whole))


@pytest.mark.parametrize(("epoch_images", "epochs"), [(100, 12), pytest.param(600, 2, marks=pytest.mark.slow)])
def test_an_epoch_may_be_a_part_of_the_images_or_more(epoch_images, epochs, images, tmp_path):
    settings = {"decoder": "dense", "epochs": epochs, "epoch_images": epoch_images, "steps": None}
    one, other = train(images, tmp_path / "one"), train(images, tmp_path / "other", **settings)
    np.testing.assert_array_equal(everything(one), everything(other))
    assert len((tmp_path / "other" / "history.csv").read_text().splitlines()) == 1 + epochs
    with pytest.raises(UserError, match="epoch_images: expected at least the batch size, 50; got 49"):
        train(images, tmp_path / "more", epoch_images=49)


def test_a_run_leaves_its_history(images, tmp_path):
    start = time.perf_counter()
    train(images, tmp_path)
    pictures = sorted((tmp_path / "progress").iterdir())
    assert [path.name for path in pictures] == ["epoch_0001.png", "epoch_0002.png", "epoch_0003.png"]
    assert Image.open(pictures[0]).width == 8 * 28 * 2
    first, *rows = (tmp_path / "history.csv").read_text().splitlines()
    assert first == "epoch,elbo,kl,loss,reconstruction,seconds"
    assert [row.partition(",")[0] for row in rows] == ["0", "1", "2"]
    elbo = training.history(RunDirectory(tmp_path, {}, resume=True), "elbo")
    assert len(elbo) == 3
    assert elbo[2] > elbo[0] + 10
    seconds = training.history(RunDirectory(tmp_path, {}, resume=True), "seconds")
    assert len(seconds) == 3
    assert 0 < min(seconds) <= sum(seconds) < time.perf_counter() - start
    assert list((tmp_path / "logs").rglob("events.out.tfevents*"))


@pytest.mark.parametrize(("limit", "expected"), [(3, 3), (10, 8), (16, 16), (1000, 24)])
def test_steps_is_an_upper_limit(images, tmp_path, limit, expected):
    # 8 steps an epoch, all in one execution; with fewer steps than an epoch has, just those.
    assert int(train(images, tmp_path, steps=limit).optimizer.iterations) == expected


def test_a_run_that_steps_ended_is_not_trained_on(images, tmp_path):
    train(images, tmp_path, steps=10)
    again = train(images, tmp_path, steps=10)
    assert int(again.optimizer.iterations) == 8
    protocol = training.protocol(again, images, RunDirectory(tmp_path, {}, resume=True))
    assert (protocol["steps"], protocol["train_images"]) == (8, 400)  # what was done, not what was asked for
    assert protocol["training_seconds"] > 0


def test_a_history_without_times_is_known_to_have_none(images, tmp_path):
    model = train(images, tmp_path, steps=8)
    (tmp_path / "history.csv").write_text("epoch,loss\n0,200.0\n")
    assert training.protocol(model, images, RunDirectory(tmp_path, {}, resume=True))["training_seconds"] is None


def test_a_loss_that_is_not_a_number_stops_and_keeps_the_checkpoint(images, tmp_path):
    def poison(model):
        model.decoder.layers[-2].kernel.assign(model.decoder.layers[-2].kernel * np.nan)
        return np.zeros([1, 2, 2, 1])

    with pytest.raises(UserError, match=r"loss became nan in epoch 2, by step 8; .* is kept.*--learning_rate"):
        train(images, tmp_path, draw=poison)
    checkpoint = keras.models.load_model(tmp_path / "checkpoints" / "epoch_000001.keras")
    assert int(checkpoint.optimizer.iterations) == 8
    assert np.all(np.isfinite(weights(checkpoint)))


def test_a_loss_that_is_not_a_number_in_the_first_epoch_promises_no_checkpoint(images, tmp_path):
    with pytest.raises(UserError, match=r"loss became nan in epoch 1, by step \d+\. Try a smaller") as error:
        train(images, tmp_path, learning_rate=1e30, precision="float32")
    assert "checkpoint" not in str(error.value)


def test_a_damaged_record_ends_the_training_with_one_line(images, tmp_path):
    record = tmp_path / "digits.tfrecord"
    with tf.io.TFRecordWriter(str(record)) as writer:
        for image in images.train.as_numpy_iterator():
            writer.write(image.tobytes())
    record.write_bytes(record.read_bytes()[:-1000])
    damaged = tf.data.TFRecordDataset(str(record)).map(
        lambda record: tf.reshape(tf.io.decode_raw(record, tf.uint8), [28, 28, 1])
    )
    with pytest.raises(UserError, match="a record of mnist-5000 is truncated"):
        train(images._replace(train=damaged), tmp_path / "run")


def test_the_checkpoint_before_a_broken_one_is_taken(images, tmp_path, capsys):
    whole = train(images, tmp_path)
    checkpoints = sorted((tmp_path / "checkpoints").iterdir())
    assert [path.name for path in checkpoints] == ["epoch_000002.keras", "epoch_000003.keras"]
    checkpoints[1].write_bytes(checkpoints[1].read_bytes()[:-1000])
    again = train(images, tmp_path)
    assert f"NOTE: {checkpoints[1]} can't be loaded" in capsys.readouterr().out
    np.testing.assert_array_equal(everything(again), everything(whole))
    assert training.history(RunDirectory(tmp_path, {}, resume=True), "epoch") == [0, 1, 2]
    for path in checkpoints:
        path.write_bytes(b"half a file")
    with pytest.raises(UserError, match="resume: none of the checkpoints in .* can be loaded"):
        train(images, tmp_path)


def test_a_checkpoint_of_another_model(images, tmp_path):
    train(images, tmp_path, steps=3)
    (checkpoint,) = (tmp_path / "checkpoints").iterdir()
    keras.Sequential([keras.Input([2]), keras.layers.Dense(1)]).save(checkpoint)
    with pytest.raises(UserError, match="resume: expected a checkpoint of a VAE; .* has a Sequential"):
        train(images, tmp_path)


def test_a_checkpoint_of_other_networks(images, tmp_path):
    train(images, tmp_path, epochs=1)
    with pytest.raises(UserError, match="resume: the checkpoint .* is of networks that are not those"):
        train(images, tmp_path, epochs=2, latent_dim=6)


def test_a_batch_larger_than_the_data_is_refused(images, tmp_path):
    with pytest.raises(UserError, match="batch_size: 401 is more than the 400 training images"):
        train(images, tmp_path / "run", batch_size=401)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("batches", "epoch", "execution"),
    [(468, 468, 26), (937, 936, 26), (35, 34, 17), (17, 17, 17), (23, 23, 23), (29, 29, 29), (3, 3, 3), (1, 1, 1)],
)
def test_an_epoch_is_of_whole_executions(images, batches, epoch, execution):
    images = images._replace(train_size=128 * batches + 100)
    with flagsaver.flagsaver(batch_size=128):
        assert (training.steps_per_epoch(images), training.steps_per_execution(images)) == (epoch, execution)
    with flagsaver.flagsaver(batch_size=128, steps=2):
        assert training.steps_per_epoch(images) == min(2, epoch)


def test_images_that_an_epoch_leaves_out_come_first_in_the_next(images):
    images = images._replace(train=images.train.take(370), train_size=370)
    with flagsaver.flagsaver(batch_size=10):
        assert training.steps_per_epoch(images) == 36  # of 37 batches
        batches = iter(data.training_batches(images, 10, seed=0, binarization="none"))
        seen = np.concatenate([next(batches).numpy() for _ in range(37)])
        first = 36  # the step that the second epoch begins with, also when resumed
        resumed = next(iter(data.training_batches(images, 10, seed=0, binarization="none", first_step=first)))
    assert len(np.unique(seen.reshape(370, -1), axis=0)) == 370
    np.testing.assert_array_equal(seen[-10:], resumed)


def test_the_learning_rate_warms_up_and_falls_to_zero(images):
    with flagsaver.flagsaver(epochs=100, batch_size=40, learning_rate=0.5):
        rate = training.optimizer_for(images)._learning_rate
    assert float(rate(0)) == 0
    assert float(rate(100)) == pytest.approx(0.5)
    assert float(rate(550)) == pytest.approx(0.25)
    assert float(rate(1000)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("settings", "kind"),
    [({"prior": "normal"}, zoo.priors.StandardNormalPrior), ({"prior": "flow"}, zoo.priors.RealNVPPrior)],
)
def test_flags_choose_the_prior(settings, kind):
    with flagsaver.flagsaver(**settings):
        assert isinstance(vae_mnist.build_model((8, 8, 1), binary=True).prior, kind)


def test_flags_choose_the_embedded_digits():
    with flagsaver.flagsaver(dataset="mnist-5000", image_size="14"):
        images = data.load_images()
    assert (images.name, images.image_shape) == ("mnist-5000", (14, 14, 1))


def test_colour_images_get_a_likelihood_of_levels():
    model = vae_mnist.build_model((8, 8, 3), binary=False)
    assert isinstance(model.likelihood, zoo.likelihoods.DiscretizedLogistic)
    assert model.sample([0, 0], [0]).shape == [1, 8, 8, 3]
