"""The artefacts, in this process and in a stranger's."""

import json
import sys
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf
from absl import flags
from absl.testing import flagsaver
from ai_edge_litert.interpreter import Interpreter
from conftest import make_vae, run_python

import export
import export.__main__ as export_command
import zoo
from export import runner
from export.saved_model import write_saved_model
from export.tflite import write_tflite
from export.verify import MEAN_TOLERANCE, TOLERANCE, Check, expected_outputs, failures, sizes, verify

SIGNATURES = {"sample", "sample_chunk", "latents", "encode", "decode", "reconstruct", "interpolate"}


@pytest.fixture(scope="module")
def artefacts(trained, tmp_path_factory):
    """What the command makes of a file: (where it wrote it, its checks, what it printed)."""
    file, directory = tmp_path_factory.mktemp("model") / "model.keras", tmp_path_factory.mktemp("export") / "out"
    trained.save(file)
    process = run_python("-m", "export", file, directory)
    assert process.returncode == 0, process.stderr
    return directory, noted(directory), process.stdout


def noted(directory):
    """The checks that an export wrote beside its files."""
    written = json.loads((directory / export.MANIFEST).read_text())
    return [Check(**check) for name in written for check in written[name]]


def command(*arguments, **settings):
    """The same command in this process, for what it refuses."""
    flags.FLAGS.mark_as_parsed()
    with flagsaver.flagsaver(**settings):
        export_command.main(["export", *map(str, arguments)])


def test_every_signature_of_every_artefact_agrees_with_the_model(artefacts):
    directory, checks, table = artefacts
    assert {(check.artefact, check.signature) for check in checks} == {
        (artefact, signature) for artefact in export.ARTEFACTS for signature in SIGNATURES
    }
    for check in checks:
        assert 0 <= check.mean_difference <= check.difference
        if check.artefact == export.TFLITE_INT8:
            assert TOLERANCE < check.mean_difference < MEAN_TOLERANCE / 5
        else:
            assert check.difference <= TOLERANCE
    assert all(check.latency > 0 for check in checks)
    assert all(signature in table for signature in SIGNATURES)
    assert sorted(path.name for path in directory.iterdir()) == sorted([export.MANIFEST, *export.ARTEFACTS])


def test_quantized_weights_take_less_room_and_change_little(artefacts, trained):
    directory = artefacts[0]
    size = sizes(directory, export.ARTEFACTS)
    assert size["model_int8.tflite"] < 0.6 * size["model.tflite"]
    assert f"{size['model_int8.tflite'] / 1e3:,.0f} kB" in artefacts[2]
    sample = Interpreter(str(directory / "model_int8.tflite")).get_signature_runner("sample")
    arguments = {"seed": np.int32([5, -6]), "index": np.arange(50, dtype=np.int32), "temperature": np.float32(1)}
    expected = trained.sample_at([5, -6], range(50))
    difference = np.abs(sample(**arguments)["images"] - expected).mean(axis=(1, 2, 3))
    unrelated = np.abs(expected - np.roll(expected, 1, axis=0)).mean(axis=(1, 2, 3))
    assert difference.max() < 0.1 * unrelated.mean()  # the same pictures
    one = {**arguments, "index": np.int32([49])}
    np.testing.assert_allclose(sample(**one)["images"][0], sample(**arguments)["images"][49], atol=1e-6)


class Drawing(keras.Model):
    """Gives its random numbers and what large, quantizable weights make of them."""

    def __init__(self, seed=0):
        super().__init__()
        self.dense = keras.layers.Dense(100, kernel_initializer=keras.initializers.RandomNormal(seed=seed))
        self.dense.build([None, 64])

    def draw(self, seed, index):
        noise = zoo.numerics.threefry.normals(seed, index, 64)
        return noise, self.dense(noise)

    def endpoints(self):
        inputs = [tf.TensorSpec([2], tf.int32, "seed"), tf.TensorSpec([None], tf.int32, "index")]
        return {"draw": zoo.Endpoint(self.draw, inputs, ["noise", "product"])}


def test_quantization_leaves_the_random_numbers_alone(tmp_path):
    arguments = {"seed": np.int32([7, -8]), "index": np.int32([0, 5, -1, 2**31 - 1])}
    checks, _ = export.export_model(Drawing(), tmp_path, arguments)
    assert noted(tmp_path) == checks
    files = (tmp_path / name for name in ("model.tflite", "model_int8.tflite"))
    exact, quantized = (Interpreter(str(file)).get_signature_runner("draw")(**arguments) for file in files)
    np.testing.assert_array_equal(quantized["noise"], exact["noise"])
    assert np.abs(quantized["product"] - exact["product"]).max() > 1e-4  # the weights are quantized


def test_one_seed_one_sample_everywhere(artefacts, trained):
    directory = artefacts[0]
    expected = trained.sample_at([5, -6], [3, 99, -1])
    loaded = tf.saved_model.load(str(directory / "saved_model"))
    as_attribute = loaded.sample([5, -6], [3, 99, -1], 1.0)
    as_signature = loaded.signatures["sample"](
        seed=tf.constant([5, -6]), index=tf.constant([3, 99, -1]), temperature=tf.constant(1.0)
    )["images"]
    sample = Interpreter(str(directory / "model.tflite")).get_signature_runner("sample")
    lite = sample(seed=np.int32([5, -6]), index=np.int32([3, 99, -1]), temperature=np.float32(1))["images"]
    for images in (as_attribute, as_signature, lite):
        np.testing.assert_allclose(images, expected, atol=1e-5)


def test_attributes_return_what_the_model_returns(artefacts, trained, digits):
    loaded = tf.saved_model.load(str(artefacts[0] / "saved_model"))
    for images in (digits[:1], digits[:7]):  # any batch size
        mean, scale = loaded.encode(images)
        np.testing.assert_allclose(mean, trained.encode(images)[0], atol=1e-5)
        np.testing.assert_allclose(scale, trained.encode(images)[1], atol=1e-5)
        np.testing.assert_allclose(loaded.decode(mean), trained.decode(mean), atol=1e-5)
        np.testing.assert_allclose(loaded.reconstruct(images), trained.reconstruct(images), atol=1e-5)


@pytest.mark.parametrize("name", ["model.tflite", "model_int8.tflite"])
def test_tflite_has_built_in_ops_only_and_a_static_signature(artefacts, name):
    interpreter = Interpreter(str(artefacts[0] / name))
    assert set(interpreter.get_signature_list()) == SIGNATURES
    assert not any(op["op_name"].startswith("Flex") for op in interpreter._get_ops_details())
    output = interpreter.get_signature_runner("sample_chunk").get_output_details()["images"]
    assert list(output["shape_signature"]) == [16, 28, 28, 1]


def test_wrong_shapes_get_the_runtimes_own_error(artefacts):
    loaded = tf.saved_model.load(str(artefacts[0] / "saved_model"))
    with pytest.raises((TypeError, ValueError)):
        loaded.encode(np.zeros([1, 9, 9, 1], np.float32))
    encode = Interpreter(str(artefacts[0] / "model.tflite")).get_signature_runner("encode")
    with pytest.raises((RuntimeError, ValueError)):
        encode(images=np.zeros([1, 28, 28, 1], np.int32))


STRANGER_TO_SAVED_MODEL = """
import sys, json
sys.modules.update(dict.fromkeys(["zoo", "export", "recipes", "tensorflow_probability", "tf_keras"]))  # not to be had
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
print(json.dumps(model.sample([5, -6], [3], 1.0).numpy().ravel().tolist()))
"""

STRANGER_TO_TFLITE = """
import sys, json
sys.modules.update(dict.fromkeys(["zoo", "export", "recipes", "tensorflow", "keras"]))
import numpy as np
from ai_edge_litert.interpreter import Interpreter
sample = Interpreter(sys.argv[1]).get_signature_runner("sample")
images = sample(seed=np.int32([5, -6]), index=np.int32([3]), temperature=np.float32(1))["images"]
print(json.dumps(images.ravel().tolist()))
"""


@pytest.mark.parametrize(
    ("program", "artefact"),
    [(STRANGER_TO_SAVED_MODEL, "saved_model"), (STRANGER_TO_TFLITE, "model.tflite")],
)
def test_a_strangers_process_draws_the_same_picture(artefacts, trained, tmp_path, program, artefact):
    # Run elsewhere, so that our packages can't be found by way of the working directory either.
    process = run_python("-c", program, artefacts[0] / artefact, cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    picture = np.reshape(json.loads(process.stdout.splitlines()[-1]), [28, 28, 1])
    np.testing.assert_allclose(picture, trained.sample_at([5, -6], [3])[0], atol=1e-5)


class Forgetful(Drawing):
    """A model whose exported function is not the one that it has when the export is checked."""

    def draw(self, seed, index):
        noise, product = super().draw(seed, index)
        return noise, product if tf.executing_eagerly() else product + 1e-2


def test_a_disagreement_fails_loudly_and_writes_nothing(tmp_path):
    with pytest.raises(
        export.ExportError, match=r"'draw' differs from the model by (1\.0e-02|9\.\de-03); nothing was written"
    ):
        export.export_model(Forgetful(), tmp_path / "out", {"seed": [7, -8], "index": [0, 5, -1]})
    assert list((tmp_path / "out").iterdir()) == []


def test_what_counts_as_a_failure():
    fine = {"difference": 1e-6, "mean_difference": 1e-7, "unequal": 0.0}
    rounded = {"difference": 0.3, "mean_difference": 0.01, "unequal": 0.0}
    nan = {"difference": np.nan, "mean_difference": np.nan, "unequal": 0.0}
    others = {"difference": 0.0, "mean_difference": 0.0, "unequal": 0.01}  # of choices, weights in 8 bits make others
    chosen = {"difference": 2.0, "mean_difference": 0.3, "unequal": 0.0, "by_choice": True}
    broken = {"difference": np.inf, "mean_difference": np.inf, "unequal": 1.0, "by_choice": True}  # another shape
    for artefact in export.ARTEFACTS:
        quantized = artefact == export.TFLITE_INT8
        cases = [(fine, True), (rounded, quantized), (nan, False), (others, quantized), (chosen, quantized)]
        cases += [(broken, False), (nan | {"by_choice": True}, False), (chosen | {"by_choice": False}, False)]
        for differences, agrees in cases:
            checks = [Check(artefact, "sample", latency=1.0, **differences)]
            assert failures(checks) == ([] if agrees else checks)


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        (lambda y: y, (0, 0)),
        (lambda y: y + 1, (0.2, 0.2)),  # of 5, the largest magnitude
        (lambda y: y * [[0, 1]], (1, 0.5)),
        (lambda y: y.T[:, :1], (np.inf, np.inf)),  # another shape
        (lambda y: y * [[np.nan, 1]], (np.nan, np.nan)),
    ],
)
def test_differences_are_relative_to_the_largest_magnitude(monkeypatch, tmp_path, outputs, expected):
    right = np.array([[5.0, 5.0], [-5.0, 5.0]], np.float32)
    start = tf.TensorSpec([1], tf.int32, "start")

    class Model:
        def endpoints(self):
            return {"give": zoo.Endpoint(lambda _: right, [start], ["y"])}

    stub = runner.Runner("model.tflite", {"give": {"start": start}}, lambda *_: {"y": np.float32(outputs(right))})
    monkeypatch.setattr("export.runner.load", lambda path: stub)
    (check,) = verify(expected_outputs(Model(), {"start": [0]}), tmp_path, {"model.tflite": ["give"]})
    np.testing.assert_allclose([check.difference, check.mean_difference], expected, rtol=1e-6)


def test_a_broken_quantized_file_fails_loudly_and_writes_nothing(tmp_path, monkeypatch):
    write_saved_model(Drawing(seed=1), tmp_path / "stranger")

    def confuse(saved_model, path, signatures, quantized=False):
        write_tflite(tmp_path / "stranger" if quantized else saved_model, path, signatures, quantized)

    monkeypatch.setattr("export.tflite.write_tflite", confuse)
    expected = r"model_int8.tflite signature 'draw' differs from the model by \S+ in the mean, more than 0.05; nothing"
    with pytest.raises(export.ExportError, match=expected):
        export.export_model(Drawing(), tmp_path / "out", {"seed": [7, -8], "index": [0, 5, -1]})
    assert list((tmp_path / "out").iterdir()) == []


def test_a_failed_export_leaves_the_older_one(artefacts, trained, digits, tmp_path, monkeypatch):
    (tmp_path / "model.tflite").write_bytes(b"older")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("export.tflite.write_tflite", full)
    with pytest.raises(OSError, match="No space"):
        export.export_model(trained, tmp_path, trained.examples(digits[:8]))
    assert [path.name for path in tmp_path.iterdir()] == ["model.tflite"]
    assert (tmp_path / "model.tflite").read_bytes() == b"older"


def test_the_command_says_what_it_wrote_and_writes_over_nothing(artefacts, tmp_path):
    directory, _, said = artefacts
    assert f"Wrote {', '.join(export.ARTEFACTS)} in {directory}." in said
    assert (directory / "saved_model" / "saved_model.pb").is_file()
    recurrent_vae().save(tmp_path / "model.keras")
    with pytest.raises(SystemExit, match="holds saved_model already"):
        command(tmp_path / "model.keras", directory)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of somebody else, with a `load` that knows one name and files."""
    (tmp_path / "pretty_models.py").write_text(
        "import keras, zoo\n"
        "def load(name):\n"
        "    if name == 'far':\n"
        "        raise OSError('https://models.example: no answer\\nsecond line')\n"
        "    if name.startswith('https://models.example/'):\n"
        "        name = name.replace('https://models.example', __file__.rpartition('/')[0])\n"
        "    elif name != 'pretty' and not name.endswith('.keras'):\n"
        "        raise ValueError(f'name: expected pretty; got {name}.')\n"
        "    return keras.models.load_model(__file__.replace('.py', '.keras') if name == 'pretty' else name)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield "pretty_models"
    sys.modules.pop("pretty_models", None)


def test_the_command_takes_what_its_package_loads(package, tmp_path):
    model = make_vae(decoder=zoo.networks.dense_decoder)
    model.save(tmp_path / "pretty_models.keras")
    for source in ("pretty", "https://models.example/pretty_models.keras"):
        command(source, tmp_path / "out", classes=package, tflite=False, overwrite=True)
        images = runner.load(tmp_path / "out" / "saved_model")("decode", latents=np.ones([1, 4]))["images"]
        np.testing.assert_allclose(images, model.decode(np.ones([1, 4])), atol=1e-5)
    for source, message in [
        ("ugly", "export: name: expected pretty; got ugly."),
        ("far", "export: https://models.example: no answer"),
    ]:
        with pytest.raises(SystemExit) as error:
            command(source, tmp_path / "none", classes=package)
        assert error.value.code == message
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("loads", [False, True])
def test_the_command_names_what_is_wrong(loads, package, tmp_path):
    settings = {"classes": package} if loads else {"classes": "zoo.networks"}  # without `load`
    (tmp_path / "text.keras").write_text("not a model")
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    model.save(tmp_path / "foreign.keras")
    with zipfile.ZipFile(tmp_path / "damaged.keras", "w") as damaged:
        damaged.writestr("config.json", "{")
    for name, message in (
        ("absent", "is not a file"),
        ("text", "is not a Keras model"),
        ("damaged", "^export: "),
        ("foreign", "no endpoints"),
    ):
        with pytest.raises(SystemExit, match=message) as error:
            command(tmp_path / f"{name}.keras", tmp_path / "out", **settings)
        assert "\n" not in error.value.code
    with pytest.raises(SystemExit, match="got absent_package: No module named 'absent_package'$"):
        command(tmp_path / "foreign.keras", tmp_path / "out", classes="absent_package")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (
            lambda noise: tf.linalg.inv(noise[:, :, None] * noise[:, None]),
            "expected a model of ops that TFLite has built in .*--notflite.*; got",
        ),
        (tf.math.lgamma, "model.tflite can't run 'draw'"),  # converted, to a file that fails
    ],
)
def test_what_tflite_can_not_do_is_one_clear_line(operation, message, tmp_path):
    class Foreign(Drawing):
        def draw(self, seed, index):
            noise, product = super().draw(seed, index)
            return operation(noise), product

    arguments = {"seed": np.int32([7, -8]), "index": np.int32([0, 5])}
    with pytest.raises(export.ExportError, match=message) as error:
        export.export_model(Foreign(), tmp_path, arguments)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_export_left_behind_is_removed(tmp_path):
    (tmp_path / ".export").mkdir()
    (tmp_path / ".export" / "half.tflite").write_text("half")
    export.export_model(Drawing(), tmp_path, {"seed": np.int32([7, -8]), "index": np.int32([0, 5])})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([export.MANIFEST, *export.ARTEFACTS])


def test_files_with_weights_in_8_bits_may_be_left_out(tmp_path):
    arguments = {"seed": np.int32([7, -8]), "index": np.int32([0, 5])}
    checks, _ = export.export_model(Drawing(), tmp_path, arguments, quantized=False)
    files = {export.SAVED_MODEL, export.TFLITE}
    assert {check.artefact for check in checks} == files
    assert {path.name for path in tmp_path.iterdir()} == {export.MANIFEST, *files}


def test_a_model_in_mixed_precision_is_exported_in_float32(digits, tmp_path):
    """As the checkpoints of runs are, on processors with bfloat16."""
    model = make_vae(decoder=zoo.networks.dense_decoder, dtype="mixed_bfloat16")
    model.compile(optimizer=keras.optimizers.Adam(1e-2))
    model.fit(digits, batch_size=50, verbose=0)
    # The TFLite files are made of the SavedModel.
    checks, _ = export.export_model(model, tmp_path / "out", model.examples(digits[:8]), tflite=False)
    assert not failures(checks)
    loaded = tf.saved_model.load(str(tmp_path / "out" / "saved_model"))
    expected = zoo.in_float32(model).sample_at([5, -6], [3, 99])
    np.testing.assert_allclose(loaded.sample([5, -6], [3, 99], 1.0), expected, atol=1e-5)
    model.export(tmp_path / "keras.tflite", format="litert", verbose=False)
    reconstruct = Interpreter(str(tmp_path / "keras.tflite")).get_signature_runner()
    np.testing.assert_allclose(
        next(iter(reconstruct(images=digits[:2]).values())), zoo.in_float32(model)(digits[:2]), atol=1e-5
    )


def recurrent_vae():
    """A model that TFLite can't express for any number of rows: Keras's LSTM keeps a list of tensors."""
    keras.utils.set_random_seed(0)
    series = keras.Input([6, 2])
    encoder = keras.Model(series, keras.layers.Dense(4)(keras.layers.LSTM(5)(series)))
    return zoo.VAE(encoder, zoo.networks.dense_decoder([6, 2], latent_dim=2, widths=[4]))


def test_the_saved_model_alone_of_what_tflite_can_not_do(tmp_path):
    model = recurrent_vae()
    model.save(tmp_path / "model.keras")
    (tmp_path / "out").mkdir()
    for name in ("model.tflite", "of_somebody_else.tflite"):
        (tmp_path / "out" / name).write_bytes(b"older")
    with pytest.raises(export.ExportError, match="for the SavedModel alone, python -m export --notflite") as error:
        export.export_model(model, tmp_path / "out", model.examples())
    assert str(error.value).endswith("element_shape to be static during TF Lite transformation pass")
    assert "got 'tf.TensorListReserve' op" in str(error.value)
    assert (tmp_path / "out" / "model.tflite").read_bytes() == b"older"
    command(tmp_path / "model.keras", tmp_path / "out", overwrite=True, tflite=False)
    # An older file would be of another model than the SavedModel beside it.
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "export.json",
        "saved_model",
        "of_somebody_else.tflite",
    }
    loaded = tf.saved_model.load(str(tmp_path / "out" / "saved_model"))
    expected = recurrent_vae().sample(3, seed=1)
    np.testing.assert_allclose(loaded.sample([0, 1], [0, 1, 2], 1.0), expected, atol=1e-5)


def test_examples_that_are_none_are_refused_before_anything_is_made(trained, digits, tmp_path):
    good = trained.examples(digits[:4])
    for examples, message in [
        ({**good, "images": 255 * digits[:4]}, "images: expected numbers from 0 to 1; got float32 from 0 to 255"),
        ({**good, "images": digits[:4, :9]}, r"images: expected shape \[n, 28, 28, 1\]; got \[4, 9, 28, 1\]"),
        ({**good, "seed": [1, 2, 3]}, r"seed: expected shape \[2\]; got \[3\]"),
        ({name: value for name, value in good.items() if name != "start"}, "an input for the argument 'start'"),
    ]:
        with pytest.raises(export.ExportError, match=f"export: examples: .*{message}"):
            export.export_model(trained, tmp_path / "out", examples)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ['{"notes": 1, "../photos": 2}', '{"../photos": [], "notes": []}', "3", "[1, 2]", "{"])
def test_an_export_removes_no_file_of_somebody_else(text, tmp_path):
    out = tmp_path / "out"
    for folder in (out / "notes", tmp_path / "photos"):
        folder.mkdir(parents=True)
        (folder / "mine.txt").write_text("mine")
    (out / export.MANIFEST).write_text(text)
    export.export_model(Drawing(), out, {"seed": [7, -8], "index": [0]}, tflite=False)
    assert (out / "notes" / "mine.txt").is_file()
    assert (tmp_path / "photos" / "mine.txt").is_file()


def test_a_runner_of_a_model_is_like_that_of_its_saved_model(artefacts, trained, digits):
    given, loaded = runner.of_model("model.keras", trained), runner.load(artefacts[0] / "saved_model")
    assert given.name == "model.keras"
    assert given.signatures == loaded.signatures
    examples = trained.examples(digits[:8])
    for signature, arguments in loaded.signatures.items():
        wanted = loaded(signature, **{name: examples[name] for name in arguments})
        outputs = given(signature, **{name: examples[name] for name in reversed(arguments)})  # by name, in any order
        assert outputs.keys() == wanted.keys()
        for name, value in wanted.items():
            np.testing.assert_allclose(outputs[name], value, atol=1e-5)


def test_a_runner_of_a_model_in_mixed_precision_computes_in_float32(digits):
    model = make_vae(decoder=zoo.networks.dense_decoder, dtype="mixed_bfloat16")
    images = runner.of_model("mixed", model)("reconstruct", images=digits[:4])["images"]
    np.testing.assert_allclose(images, zoo.in_float32(model).reconstruct(digits[:4]), atol=1e-5)
    assert np.abs(images - model.reconstruct(digits[:4])).max() > 1e-4


def test_a_runner_refuses_what_an_artefact_would_take_for_something_else(artefacts, trained):
    files = [runner.load(artefacts[0] / file) for file in ("saved_model", "model.tflite")]
    for artefact in (*files, runner.of_model("model", trained)):
        with pytest.raises(ValueError, match=r"index: expected int32; got \[1.9\]"):
            artefact("sample", seed=[0, 1], index=[1.9], temperature=1.0)
        with pytest.raises(ValueError, match=r"index: expected shape \[n\]; got \[\]"):
            artefact("sample", seed=[0, 1], index=1, temperature=1.0)
        with pytest.raises(ValueError, match=r"latents: expected shape \[n, 4\]; got \[2, 5\]"):
            artefact("decode", latents=np.zeros([2, 5]))
        with pytest.raises(ValueError, match="sample: expected the arguments .*; got seed, index, truncation"):
            artefact("sample", seed=[0, 1], index=[1], truncation=1.0)
