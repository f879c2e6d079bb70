"""Writing a model's endpoints as a SavedModel."""

import tensorflow as tf


def write_saved_model(model, directory):
    """Writes `model` so that `tf.saved_model.load(directory)` runs it with nothing but TensorFlow installed.

    Each endpoint is there twice: as an attribute, `loaded.sample(seed, index)`, which returns what the endpoint
    returns, and as a signature, `loaded.signatures["sample"](...)`, which takes and returns tensors by name.

    Args:
        model: a Keras model with a method `endpoints()` that gives {name: endpoint}; an endpoint has a `function`,
            `inputs` (a named `tf.TensorSpec` for each argument), `outputs` (names), and may have a `file`, see
            `export.artefacts_of`.
        directory: where to; must not exist.
    """
    module = tf.Module()
    module.model_variables = [variable.value for variable in model.variables]
    signatures = {}
    for name, endpoint in model.endpoints().items():
        setattr(module, name, tf.function(endpoint.function, input_signature=endpoint.inputs, autograph=False))
        signatures[name] = signature_of(endpoint)
    tf.saved_model.save(module, str(directory), signatures=signatures)


def signature_of(endpoint):
    """An endpoint as a `tf.function` of its arguments, by place, that gives {output: tensor}."""

    def signature(*arguments):
        outputs = endpoint.function(*arguments)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        return dict(zip(endpoint.outputs, outputs, strict=True))

    return tf.function(signature, input_signature=endpoint.inputs, autograph=False)
