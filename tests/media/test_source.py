import base64
import contextlib
import hashlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.media import Limits, MediaError
from guerdon.media.source import Source, need


def read(source: Source) -> bytes:
    with source.open() as file:
        return file.read()


def test_one_place_reads_the_same_however_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "a b.bin"
    path.write_bytes(b"abc")
    uri = "data:image/png;base64," + base64.b64encode(b"abc").decode()
    for value in (path, str(path), b"abc", bytearray(b"abc"), uri, path.as_uri(), "data:,abc",
                  {"bytes": b"abc", "path": None}, {"bytes": None, "path": str(path)}):  # fmt: skip
        assert read(Source.of(value)) == b"abc"
        assert Source.of(value).digest() == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("value", [None, 7, {"bytes": None, "path": None}, {"file": "a.png"}, object()])
def test_a_value_of_the_wrong_type_is_refused_at_once(value: object) -> None:
    with pytest.raises(MediaError, match="give a path, bytes, a URI or a pixel array"):
        Source.of(value)


@pytest.mark.parametrize("uri", ["s3://bucket/a.png", "ftp://host/a.png", "gopher://x", "zip://a.png::b.zip"])
def test_an_unknown_scheme_is_refused(uri: str) -> None:
    with pytest.raises(MediaError, match="unknown scheme"):
        Source.of(uri).open()


@pytest.mark.parametrize(
    "uri",
    ["data:image/png;base64", "data:image/png;base64,a", "data:;base64,\u00e9\u00e9\u00e9\u00e9", "data:;base64,@@@@"],
)
def test_a_malformed_data_uri_is_refused(uri: str) -> None:
    with pytest.raises(MediaError, match="malformed data URI"):
        Source.of(uri).open()


@given(st.binary(max_size=200))
def test_a_data_uri_gives_back_its_bytes(data: bytes) -> None:
    wrapped = base64.encodebytes(data).decode()  # a line break every 76 characters
    assert read(Source.of("data:;base64," + wrapped)) == data


@given(st.text(max_size=60))
def test_any_text_either_opens_or_raises_a_media_error(text: str) -> None:
    for value in (text, "data:" + text, "file://" + text, "http://" + text):
        with contextlib.suppress(MediaError):
            Source.of(value, root="/nonexistent").open()


@pytest.mark.parametrize(
    "place", ["../secret.png", "/etc/hostname", "inner/../../secret.png", "link.png", "folder/secret.png"]
)
def test_no_path_leads_out_of_the_data_root(tmp_path: Path, place: str) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    root = tmp_path / "root"
    (root / "inner").mkdir(parents=True)
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "folder").symlink_to(tmp_path, target_is_directory=True)
    for value in (place, "file://" + str(root / place)):
        with pytest.raises(MediaError, match="leads out of the data root"):
            Source.of(value, root=root).open()


def test_a_symlink_within_the_data_root_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"abc")
    (tmp_path / "b.bin").symlink_to("a.bin")
    assert read(Source.of("b.bin", root=tmp_path)) == b"abc"


def test_a_loop_of_symlinks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(MediaError, match="not a usable path"):
        Source.of("a", root=tmp_path).open()


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(MediaError, match="not a regular file"):
        Source.of("pipe.png", root=tmp_path).open()


def test_a_device_is_refused() -> None:
    with pytest.raises(MediaError, match="not a regular file"):
        Source.of("/dev/zero").open()


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="No such file"):
        Source.of(tmp_path / "none.png").open()
    with pytest.raises(MediaError, match="Is a directory"):
        Source.of(tmp_path).open()


def test_a_file_over_the_limit_of_bytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(2**40)  # sparse: costs no disk
    with pytest.raises(MediaError, match=r"1,099,511,627,776 bytes exceed the limit of 268,435,456: pass Limits"):
        Source.of("huge.png", root=tmp_path).open()


def test_bytes_and_data_uris_are_bounded_too() -> None:
    for value in (b"x" * 11, "data:;base64," + base64.b64encode(b"x" * 11).decode(), "data:," + "x" * 40):
        with pytest.raises(MediaError, match="exceed the limit of 10"):
            Source.of(value, limits=Limits(bytes=10)).open()


def test_a_handle_on_a_path_pickles_small(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"x" * 10_000)
    sent = pickle.dumps(Source.of("a.bin", root=tmp_path))
    assert len(sent) < 500
    assert read(pickle.loads(sent)) == b"x" * 10_000


def test_bytes_are_not_shown_in_a_message() -> None:
    assert repr(Source.of(b"x" * 5000)) == "5,000 bytes"


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        target = {
            "/to-file": "file:///etc/hostname", "/to-ftp": "ftp://127.0.0.1/a", "/loop": "/loop",
            "/to-private": "http://localhost:1/a", "/to-picture": "/picture",
        }.get(self.path)  # fmt: skip
        self.send_response(302 if target else 404 if self.path == "/none" else 200)
        if target:
            self.send_header("Location", target)
        self.end_headers()
        self.wfile.write(b"" if target else b"abc")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("no_proxy", "*")
            yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


HERE = ("127.0.0.1",)


def test_http_is_refused_unless_allowed(server: str) -> None:
    with pytest.raises(MediaError, match="allow_http=True"):
        Source.of(server + "/picture").open()


def test_http_to_a_named_host_is_read(server: str) -> None:
    assert read(Source.of(server + "/picture", allow_http=HERE)) == b"abc"
    assert read(Source.of(server + "/to-picture", allow_http=HERE)) == b"abc"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "169.254.169.254", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_allowing_http_does_not_open_the_private_network(host: str) -> None:
    with pytest.raises(MediaError, match="private address"):
        Source.of(f"http://{host}/a.png", allow_http=True).open()


@pytest.mark.parametrize(
    ("path", "reason"),
    [("to-file", "not an http"), ("to-ftp", "not an http"), ("to-private", "not among the allowed hosts"),
     ("loop", "redirects more than 5 times"), ("none", "answered 404")],
)  # fmt: skip
def test_http_that_leads_astray_is_refused(server: str, path: str, reason: str) -> None:
    with pytest.raises(MediaError, match=reason):
        Source.of(f"{server}/{path}", allow_http=HERE).open()


def test_http_over_the_limit_of_bytes_is_cut_off(server: str) -> None:
    with pytest.raises(MediaError, match="3 bytes exceed the limit of 2"):
        Source.of(server + "/picture", allow_http=HERE, limits=Limits(bytes=2)).open()


def test_a_server_that_is_not_there_costs_one_error() -> None:
    with pytest.raises(MediaError, match="cannot be fetched"):
        Source.of("http://127.0.0.1:9/a.png", allow_http=HERE).open()


def test_a_missing_extra_says_what_to_install() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"^no_such_module is not installed: pip install 'guerdon\[video\]'$"):
        need("no_such_module", "video")


def test_importing_media_brings_no_decoder() -> None:
    code = "import sys, guerdon.media; print(sorted({'PIL', 'av', 'soundfile', 'urllib.request'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
