"""Converting a SavedModel to TFLite."""

from pathlib import Path

import tensorflow as tf


def write_tflite(saved_model, path, signatures):
    """Converts the named signatures of a SavedModel into one TFLite file of built-in ops.

    Args:
        saved_model: directory of the SavedModel.
        path: the file to write.
        signatures: names of the signatures; they share their weights in the file. Naming them keeps out TensorFlow's
            `serving_default` alias, which would store one of them twice.

    Raises:
        tf.lite's ConverterError: an op has no TFLite built-in. Flex ops are not allowed: LiteRT cannot run them.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved_model), signature_keys=list(signatures))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    Path(path).write_bytes(converter.convert())
