"""The artefacts, in this process and in a stranger's."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from conftest import ROOT, run_python

import export
import zoo
from export.verify import TOLERANCE, failures

SIGNATURES = {"sample", "sample_chunk", "encode", "decode", "reconstruct"}


@pytest.fixture(scope="module")
def artefacts(trained, digits, tmp_path_factory):
    directory = tmp_path_factory.mktemp("export")
    checks, table = export.export_model(trained, directory, trained.examples(digits[:8]))
    return directory, checks, table


def test_every_signature_of_both_artefacts_agrees_with_the_model(artefacts):
    directory, checks, table = artefacts
    assert {(check.artefact, check.signature) for check in checks} == {
        (artefact, signature) for artefact in ("SavedModel", "TFLite") for signature in SIGNATURES
    }
    assert max(check.difference for check in checks) <= TOLERANCE
    assert all(check.latency > 0 for check in checks)
    assert all(signature in table for signature in SIGNATURES)
    assert sorted(path.name for path in directory.iterdir()) == ["model.tflite", "saved_model"]


def test_one_seed_one_sample_everywhere(artefacts, trained):
    directory = artefacts[0]
    expected = trained.sample([5, -6], [3, 99, -1])
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


def test_tflite_has_built_in_ops_only_and_a_static_signature(artefacts):
    interpreter = Interpreter(str(artefacts[0] / "model.tflite"))
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
    np.testing.assert_allclose(picture, trained.sample([5, -6], [3])[0], atol=1e-5)


class Forgetful(zoo.VAE):
    """A model whose exported decoder is not the one that it has when the export is checked."""

    def decode(self, latents):
        images = super().decode(latents)
        return images if tf.executing_eagerly() else images + 1e-3


def test_a_disagreement_fails_loudly_and_writes_nothing(trained, digits, tmp_path):
    model = Forgetful.from_config(trained.get_config())
    with pytest.raises(export.ExportError, match=r"differs from the model by 1\.0e-03; nothing was written"):
        export.export_model(model, tmp_path / "out", model.examples(digits[:8]))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_nan_is_a_failure(artefacts):
    assert failures([artefacts[1][0]._replace(difference=float("nan"))])


def test_a_failed_export_leaves_the_older_one(artefacts, trained, digits, tmp_path, monkeypatch):
    (tmp_path / "model.tflite").write_bytes(b"older")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("export.tflite.write_tflite", full)
    with pytest.raises(OSError, match="No space"):
        export.export_model(trained, tmp_path, trained.examples(digits[:8]))
    assert [path.name for path in tmp_path.iterdir()] == ["model.tflite"]
    assert (tmp_path / "model.tflite").read_bytes() == b"older"


def test_the_command_exports_a_saved_model(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    process = run_python("-m", "export", tmp_path / "model.keras", tmp_path / "out")
    assert process.returncode == 0, process.stderr
    assert "reconstruct" in process.stdout
    assert (tmp_path / "out" / "saved_model" / "saved_model.pb").is_file()
    again = run_python("-m", "export", tmp_path / "model.keras", tmp_path / "out")
    assert again.returncode == 1
    assert "holds saved_model already" in again.stderr


def test_the_command_names_what_is_wrong(tmp_path):
    (tmp_path / "text.keras").write_text("not a model")
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])
    model.save(tmp_path / "foreign.keras")
    for name, message in (("absent", "is not a file"), ("text", "is not a Keras model"), ("foreign", "no endpoints")):
        process = run_python("-m", "export", tmp_path / f"{name}.keras", tmp_path / "out")
        assert process.returncode == 1
        assert len(process.stderr.strip().splitlines()) == 1
        assert message in process.stderr
    assert not (tmp_path / "out").exists()


def test_export_imports_nothing_of_the_zoo():
    program = (
        "import sys, export.verify, export.tflite, export.saved_model; print({'zoo', 'recipes'} & set(sys.modules))"
    )
    process = run_python("-c", program, cwd=ROOT)
    assert process.stdout.strip() == "set()"
