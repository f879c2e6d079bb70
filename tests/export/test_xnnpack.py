"""That LiteRT has XNNPACK compute what is in a file."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

import export
import zoo


class Powers(keras.Model):
    """A loop and a branch, whose subgraphs the file knows by number, and a signature that only gives a constant."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(64, use_bias=False, kernel_initializer=keras.initializers.Orthogonal(seed=0))
        self.dense.build([None, 64])

    def power(self, rows):
        _, rows = tf.while_loop(lambda i, _: i < 3, lambda i, x: (i + 1, self.dense(x)), (tf.constant(0), rows))
        return self.dense(tf.cond(tf.reduce_sum(rows) > 0, lambda: -rows, lambda: 2 * rows))

    def constant(self):
        return tf.constant([7, 8], tf.int32)

    def endpoints(self):
        return {
            "about": zoo.Endpoint(self.constant, [], ["numbers"]),  # the first of the names
            "power": zoo.Endpoint(self.power, [tf.TensorSpec([None, 64], tf.float32, "rows")], ["rows"]),
        }


@pytest.fixture(scope="module")
def powers(tmp_path_factory):
    directory, model = tmp_path_factory.mktemp("powers"), Powers()
    rows = np.random.default_rng(0).normal(size=[5, 64]).astype(np.float32)
    export.export_model(model, directory, {"rows": rows})
    return directory, rows, model.power(tf.constant(rows)).numpy()


@pytest.mark.parametrize("name", ["model.tflite", "model_int8.tflite"])
def test_a_signature_without_operations_does_not_keep_xnnpack_out(powers, name):
    directory, rows, expected = powers
    interpreter = Interpreter(str(directory / name))
    interpreter.allocate_tensors()
    assert "DELEGATE" in [operation["op_name"] for operation in interpreter._get_ops_details()]
    np.testing.assert_array_equal(interpreter.get_signature_runner("about")()["numbers"], [7, 8])
    made = interpreter.get_signature_runner("power")(rows=rows)["rows"]
    np.testing.assert_allclose(made, expected, atol=1e-5 if name == "model.tflite" else 0.1)
