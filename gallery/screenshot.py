"""Takes the picture of the gallery that the README shows, gallery/screenshot.png.

    python -m gallery.screenshot build/gallery

Needs Chromium, the extra `test`, and a Palatino to look as on most machines (Debian: fonts-urw-base35).
"""

import io
import sys
from pathlib import Path

from PIL import Image

from gallery import viewing

PATH = Path(__file__).with_suffix(".png")
SIZE = {"width": 1280, "height": 960}
SCALE = 1.25  # 1,600 pixels wide
COLOURS = 160  # there are few, and a palette is a third of the size


def main(folder):
    with viewing.served(folder) as address, viewing.browser(viewing.chromium()) as browser:
        page = browser.new_page(viewport=SIZE, device_scale_factor=SCALE, color_scheme="light")
        page.goto(f"{address}#seed=4")
        page.wait_for_function("document.querySelector('#pictures').dataset.drawn")
        page.wait_for_function("document.getElementById('walk-position').ariaValueText")
        page.wait_for_timeout(500)  # the small ones
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(PATH, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
