"""Converting a SavedModel to TFLite."""

from pathlib import Path

import tensorflow as tf
from tensorflow.lite.python.convert_phase import ConverterError

from export import ExportError

LONGEST = 300  # characters of the converter's reason, which can be a whole program


def write_tflite(saved_model, path, signatures, quantized=False):
    """Converts the named signatures of a SavedModel into one TFLite file of built-in ops.

    Args:
        saved_model: directory of the SavedModel.
        path: the file to write.
        signatures: names of the signatures; they share their weights in the file. Naming them keeps out TensorFlow's
            `serving_default` alias, which would store one of them twice.
        quantized: whether the weights of matrix products and convolutions are stored as int8, with a scale for each
            output channel or tensor ("dynamic range"): a quarter of the bytes. The converter leaves tensors of fewer
            than 1,024 numbers alone. What goes in and comes out stays as it is, and so does all that is no such weight,
            the integers of a random generator among it.

    Raises:
        ExportError: an op has no TFLite built-in. Flex ops are not allowed: LiteRT cannot run them.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved_model), signature_keys=list(signatures))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if quantized:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    try:
        content = converter.convert()
    except ConverterError as error:
        reason = str(error).strip().partition("\n")[0][:LONGEST]
        raise ExportError(
            "export: expected a model of ops that TFLite has built in (for the SavedModel alone, python -m export "
            f"--notflite); got {reason}"
        ) from error
    Path(path).write_bytes(content)
