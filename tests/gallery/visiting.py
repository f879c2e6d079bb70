"""Visiting a gallery with a browser: what a visit can be asked."""

import numpy as np
import pytest

from gallery import build

LEVELS_OF = """() => [...document.querySelectorAll("#pictures canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
  return Array.from({ length: 784 }, (_, at) => data[4 * at]);
})"""
PIXELS_OF = """(id) => {
  const canvas = document.getElementById(id);
  return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
}"""
NAMELESS = """() => [
  ...document.querySelectorAll("button, input, canvas, svg, fieldset, section, dialog"),
].filter((one) => {
  if (one.getAttribute("aria-hidden")) return false;
  const by = document.getElementById(one.getAttribute("aria-labelledby"));
  const names = [one.getAttribute("aria-label"), by?.textContent, one.labels?.[0]?.textContent];
  names.push(one.matches("button") && one.textContent, one.querySelector(":scope > legend, :scope > h3")?.textContent);
  return !names.some((name) => name && name.trim()) && (one.checkVisibility() || one.matches("dialog"));
}).map((one) => one.outerHTML.slice(0, 80))"""


def needs_runtime():
    """Skips the test where npm has not installed LiteRT.js."""
    if not build.RUNTIME.exists():
        pytest.skip("LiteRT.js is not installed: npm ci --prefix gallery")


class Visit:
    """A page, and what it said to the console and asked of others."""

    def __init__(self, page, address):
        self.page, self.address, self.errors, self.elsewhere = page, address, [], []
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: request.url.startswith(address) or self.elsewhere.append(request.url))

    def open(self, state=""):
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}#{state}")
        return self

    def drawn(self, *state):
        """Waits until the sixteen pictures are of a model, a seed, a temperature and a digit."""
        text = " ".join(map(str, state))
        self.page.wait_for_function("(text) => document.querySelector('#pictures').dataset.drawn === text", arg=text)
        return np.array(self.page.evaluate(LEVELS_OF)).reshape([16, 28, 28])

    def heard(self, *state):
        """Waits until the sixteen tunes are of a model, a seed, a temperature and what it was told: int [16, -1]."""
        text = " ".join(map(str, state))
        self.page.wait_for_function("(text) => document.querySelector('#tunes').dataset.drawn === text", arg=text)
        return np.array([self.notes(f"#tunes label:nth-of-type({i + 1}) svg") for i in range(16)])

    def notes(self, roll):
        """What a piano roll shows: whole numbers, step by step."""
        return [int(number) for number in self.page.locator(roll).get_attribute("data-notes").split()]

    def wait_for_text(self, part, text):
        has = "([id, text]) => document.getElementById(id).textContent.includes(text)"
        self.page.wait_for_function(has, arg=[part, text])

    def pixels(self, canvas):
        return self.page.evaluate(PIXELS_OF, canvas)

    def changed(self, canvas, before):
        """Waits until a canvas shows something else."""
        differs = f"([id, before]) => String(({PIXELS_OF})(id)) !== before"
        self.page.wait_for_function(differs, arg=[canvas, ",".join(map(str, before))])
