"""Starting TensorFlow and its relatives without their chatter."""

import contextlib
import os
import sys
import tempfile


@contextlib.contextmanager
def quiet_stderr():
    """Holds back what native code writes to the file descriptor of stderr; shows it only if the block fails.

    TensorFlow and LiteRT report CPU features, missing CUDA drivers and delegates there before any setting can stop
    them, and a person who runs a command of ours would have to learn to ignore it.
    """
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as chatter:
        os.dup2(chatter.fileno(), 2)
        try:
            yield
        except BaseException:
            chatter.seek(0)
            os.write(stderr, chatter.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)


def start_tensorflow():
    """Imports TensorFlow and finds the devices, quietly; has GPUs compute float32 as such."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with quiet_stderr():
        import absl.logging
        import tensorflow as tf

        absl.logging.set_verbosity(absl.logging.WARNING)  # no "Assets written to ..."
        tf.config.list_physical_devices()
        # Else NVIDIA GPUs round the factors of float32 products to 10 bits, also of what is measured.
        tf.config.experimental.enable_tensor_float_32_execution(False)
