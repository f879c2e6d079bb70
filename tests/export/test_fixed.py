"""Exports of a fixed number of rows, for runtimes that need static shapes."""

import functools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from absl import flags
from absl.testing import flagsaver
from ai_edge_litert.compiled_model import CompiledModel
from ai_edge_litert.interpreter import Interpreter
from conftest import make_vae

import export
import export.__main__ as export_command
import zoo
from export import runner
from export.startup import quiet_stderr
from export.verify import expected_outputs

ROWS, SHAPE = 4, [8, 8, 1]


def conditional_gan():
    keras.utils.set_random_seed(5)
    return zoo.GAN(
        zoo.networks.dcgan.generator(SHAPE, latent_dim=4, width=2, num_classes=3),
        zoo.networks.dcgan.discriminator(SHAPE, width=4, num_classes=3),
        num_classes=3,
    )


MODELS = {"vae": functools.partial(make_vae, decoder=zoo.networks.dense_decoder), "conditional_gan": conditional_gan}


@pytest.fixture(scope="module", params=MODELS)
def fixed(request, tmp_path_factory):
    """(a model, where it was exported to for 4 rows)."""
    model, directory = MODELS[request.param](), tmp_path_factory.mktemp(request.param)
    export.export_model(model, directory, model.examples(), batch_size=ROWS)
    return model, directory


@pytest.fixture(scope="module")
def expected(fixed):
    """What the model makes of 4 rows of its examples."""
    return expected_outputs(fixed[0], fixed[0].examples(), ROWS)


def test_every_tensor_of_every_file_has_a_static_shape(fixed):
    files = list(fixed[1].glob("*.tflite"))
    assert len(files) == len(export.artefacts_of(fixed[0])) - 1
    for file in files:
        interpreter = Interpreter(str(file))
        subgraphs = range(interpreter._interpreter.NumSubgraphs())
        tensors = [tensor for index in subgraphs for tensor in interpreter.get_tensor_details(index)]
        assert len(tensors) > len(subgraphs) >= len(interpreter.get_signature_list())
        assert not [tensor["name"] for tensor in tensors if -1 in tensor["shape_signature"]]


def test_its_files_take_four_rows_and_compute_what_the_model_computes(fixed, expected):
    model, directory = fixed
    checks = json.loads((directory / export.MANIFEST).read_text())
    assert checks.pop("batch_size") == ROWS
    artefacts = export.artefacts_of(model)
    assert {name: [check["signature"] for check in checks[name]] for name in checks} == artefacts
    assert len(expected["sample"].arguments["index"]) == ROWS
    condition = {"labels": [2, 0, 1, 1]} if model.condition else {}
    samples = model.sample_at([5, -6], [3, 99, -1, 7], 0.8, **condition)
    for file in ("saved_model", "model.tflite"):
        artefact = runner.load(directory / file)
        same = artefact("sample", seed=[5, -6], index=[3, 99, -1, 7], temperature=0.8, **condition)
        np.testing.assert_allclose(same["images"], samples, atol=1e-5)
        assert artefact("sample_chunk", **expected["sample_chunk"].arguments)["images"].shape[0] == 16
        with pytest.raises(ValueError, match=r"index: expected shape \[4\]; got \[2\]"):
            artefact("sample", seed=[5, -6], index=[3, 99], temperature=0.8, **{key: [2, 0] for key in condition})
    sample = Interpreter(str(directory / "model.tflite")).get_signature_runner("sample")  # LiteRT itself
    two = {name: np.int32(value[:2]) for name, value in {"seed": [5, -6], "index": [3, 99], **condition}.items()}
    with pytest.raises((ValueError, RuntimeError)):
        sample(temperature=np.float32(0.8), **two)


def test_litert_compiles_its_files(fixed, expected):
    """As it does for accelerators; here for the CPU."""
    model, directory = fixed
    for file, signatures in export.artefacts_of(model).items():
        if not file.endswith(".tflite") or file.endswith(export.QUANTIZED):
            continue
        with quiet_stderr():
            compiled = CompiledModel.from_file(str(directory / file))
            for signature in signatures:
                arguments, wanted = expected[signature].arguments, expected[signature].outputs
                inputs = {name: compiled.create_input_buffer_by_name(signature, name) for name in arguments}
                outputs = {name: compiled.create_output_buffer_by_name(signature, name) for name in wanted}
                for name, buffer in inputs.items():
                    buffer.write(np.atleast_1d(arguments[name]))
                compiled.run_by_name(signature, inputs, outputs)
                for name, value in wanted.items():
                    given = np.reshape(outputs[name].read(value.size, value.dtype), value.shape)
                    np.testing.assert_allclose(given, value, atol=1e-5)


class Sums:
    """A model that leaves both axes of its data open."""

    variables = ()

    def endpoints(self):
        series = tf.TensorSpec([None, None], tf.float32, "series")
        return {"sum": zoo.Endpoint(lambda x: (tf.reduce_sum(x, 1), tf.unique(x[0])[0]), [series], ["sum", "first"])}


def test_rows_are_repeated_and_other_axes_are_those_of_the_examples(tmp_path):
    series = np.arange(6, dtype=np.float32).reshape([2, 3])
    export.export_model(Sums(), tmp_path, {"series": series}, tflite=False, batch_size=5)
    signature = tf.saved_model.load(str(tmp_path / "saved_model")).signatures["sum"]
    assert signature.structured_input_signature[1]["series"].shape == [5, 3]
    assert {name: output.shape for name, output in signature.structured_outputs.items()} == {"sum": [5], "first": [3]}
    given = signature(series=tf.constant(np.vstack([series, series, series[:1]])))
    np.testing.assert_array_equal(given["sum"], [3, 12, 3, 12, 3])
    # What it wrote is known to be an export's.
    assert export.written_before(tmp_path) == ["saved_model"]
    export.export_model(Sums(), tmp_path, {"series": series}, tflite=False)
    assert "batch_size" not in json.loads((tmp_path / export.MANIFEST).read_text())


def test_a_batch_size_below_one_is_refused(tmp_path):
    make_vae().save(tmp_path / "model.keras")
    flags.FLAGS.mark_as_parsed()
    for size in (0, -4):
        message = f"^export: batch_size: expected at least 1; got {size}.$"
        with pytest.raises(export.ExportError, match=message):
            export.export_model(Sums(), tmp_path / "out", {}, batch_size=size)
        with pytest.raises(SystemExit, match=message), flagsaver.flagsaver(batch_size=size):
            export_command.main(["export", str(tmp_path / "model.keras"), str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()
    with flagsaver.flagsaver(batch_size=3, tflite=False):
        export_command.main(["export", str(tmp_path / "model.keras"), str(tmp_path / "out")])
    assert json.loads((tmp_path / "out" / export.MANIFEST).read_text())["batch_size"] == 3
