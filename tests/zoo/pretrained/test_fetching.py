"""Models at an address, from a server on this machine."""

import hashlib
import http.server
import threading

import keras
import numpy as np
import pytest

import zoo
from zoo.pretrained import writing

SHAPE = (8, 8, 1)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    keras.utils.set_random_seed(3)
    made = zoo.dcgan(SHAPE, latent_dim=4, width=2)
    return writing.write(made.averaged(), tmp_path_factory.mktemp("shipped"), "tiny")


class Server(http.server.ThreadingHTTPServer):
    """Gives one file, or what is put in its place; counts how often it was asked for it."""

    def __init__(self, content):
        super().__init__(("127.0.0.1", 0), Answer)
        self.content, self.asked = content, 0


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        if self.server.content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(file):
    with Server(file.read_bytes()) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def address(server, file):
    return f"http://127.0.0.1:{server.server_port}/models/{file.name}#sha256={hashlib.sha256(file.read_bytes()).hexdigest()}"


def kept(cache):
    return [path for path in cache.rglob("*") if path.is_file()]


def refused(error, match, model, cache):
    with pytest.raises(error, match=match) as caught:
        zoo.load(model)
    assert len(str(caught.value).splitlines()) == 1
    assert not kept(cache)


def test_it_is_downloaded_once(server, file, cache):
    for _ in range(2):
        loaded = zoo.load(address(server, file))
    np.testing.assert_array_equal(loaded.sample(3, seed=1), zoo.load(file).sample(3, seed=1))
    assert server.asked == 1
    assert [path.name for path in kept(cache)] == [file.name]


def test_a_copy_that_was_damaged_is_downloaded_again(server, file, cache):
    zoo.load(address(server, file))
    (copy,) = kept(cache)
    copy.write_bytes(b"damaged")
    zoo.load(address(server, file))
    assert server.asked == 2
    assert copy.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("change", [lambda content: b"<html>Please log in</html>", lambda content: content[:-1] + b"?"])
def test_another_file_is_not_taken_for_it(server, file, cache, change):
    server.content = change(server.content)
    refused(
        ValueError,
        r"to have the SHA-256 [0-9a-f]{64}; got [0-9a-f]{64}\. Nothing was kept",
        address(server, file),
        cache,
    )


def test_a_server_that_does_not_have_it_or_is_down_is_said(server, file, cache):
    server.content = None
    refused(
        OSError,
        r"model: http://127.0.0.1:\d+/models/tiny\S+ can't be downloaded: Not Found",
        address(server, file),
        cache,
    )
    there = address(server, file)
    server.shutdown()
    server.server_close()
    refused(OSError, r"can't be downloaded: .*refused", there, cache)


def test_an_address_without_a_hash_is_refused(server, file, cache):
    refused(ValueError, "expected an address like .*#sha256=<64 hex", address(server, file).partition("#")[0], cache)
    assert server.asked == 0


def test_a_cache_that_cannot_be_written_is_said_before_anything_is_asked_for(server, file, cache):
    cache.write_text("a file where the folder is to be")
    with pytest.raises(
        OSError, match=r"model: the cache .* can't be written: .*; name another folder by ZOO_CACHE_DIR"
    ):
        zoo.load(address(server, file))
    assert server.asked == 0
