"""Where the bytes of a picture, video or sound come from, and what is refused before they are read.

Every place is taken to be hostile: a path may leave the data root or be a pipe, a URI may be cut
short, a server may send for ever or send us on to the machine's own network.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import os
import stat
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, unquote_to_bytes, urljoin, urlsplit

HTTP_SECONDS = 30.0
"""From the request to the last byte, redirects included."""
HTTP_REDIRECTS = 5
HTTP_CHUNK = 1 << 16

File = io.BufferedReader | io.BytesIO


class MediaError(ValueError):
    """This medium cannot be used, and why. It costs one sample, never the run."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one image, video or sound may cost; what would cost more is refused with a `MediaError`."""

    bytes: int = 2**28
    """Read from the source, and held as decoded sound: 256 MiB."""
    pixels: int = 2**27
    """Decoded into memory at once, by an image or by all kept frames of a video together:
    134 million, 400 MB as RGB."""
    frames: int = 2**17
    """In a whole video or animation, kept or not: an hour at 36 a second."""
    seconds: float = 3600.0
    """Length of a video or sound."""

    def check(self, what: Literal["bytes", "pixels", "frames", "seconds"], amount: float) -> None:
        """Raise MediaError if `amount` exceeds the limit of that name."""
        limit = getattr(self, what)
        if not amount <= limit:
            raise MediaError(f"{amount:,} {what} exceed the limit of {limit:,}: pass Limits({what}=…) to allow it")


LIMITS = Limits()


@dataclass(frozen=True, eq=False, repr=False)
class Source:
    """A place to read from, and what may be read there. Nothing is touched before `open`."""

    place: Path | bytes | str
    """A file, the bytes themselves, or a URI."""
    root: Path | None = None
    """Paths are relative to it and must not leave it, by `..`, absolute path or symlink; None: anywhere."""
    allow_http: bool | Collection[str] = False
    """True: hosts with public addresses alone. Names: exactly these hosts, wherever they are."""
    limits: Limits = LIMITS

    @classmethod
    def of(
        cls,
        value: object,
        root: str | os.PathLike[str] | None = None,
        allow_http: bool | Collection[str] = False,
        limits: Limits = LIMITS,
    ) -> Source:
        """From a path, bytes, a data, file or http(s) URI, or a dict with "bytes" or "path" as `datasets` has them.

        Raises MediaError for anything else.
        """
        if isinstance(value, Mapping):
            value = value.get("path") if value.get("bytes") is None else value["bytes"]
        root = None if root is None else Path(root)
        return cls(_place(value), root, allow_http, limits)

    def __repr__(self) -> str:
        if isinstance(self.place, bytes):
            return f"{len(self.place):,} bytes"
        return f"{self.place!s:.100}"

    def open(self) -> File:
        """A binary file at its beginning. Raises MediaError if this place may not or cannot be read."""
        place = self.place
        if isinstance(place, Path):
            return self._file(place)
        if isinstance(place, str):
            scheme = place.partition(":")[0].lower()
            if scheme == "file":
                return self._file(Path(unquote(place.partition("://")[2])))
            if scheme == "data":
                place = _data_uri(place, self.limits)
            elif scheme in ("http", "https"):
                place = _fetch(place, self.allow_http, self.limits)
            else:
                raise MediaError(f"{self} has an unknown scheme: give a path, bytes, or a data, file or http(s) URI")
        self.limits.check("bytes", len(place))
        return io.BytesIO(place)

    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _file(self, path: Path) -> File:
        try:
            real = (path if self.root is None else self.root / path).resolve()
            inside = self.root is None or real.is_relative_to(self.root.resolve())
        except (OSError, RuntimeError, ValueError) as error:  # loops of symlinks, null characters
            raise MediaError(f"{self} is not a usable path: {error}") from error
        if not inside:
            raise MediaError(f"{self} leads out of the data root {self.root}")
        try:
            file = open(real, "rb", opener=_open_without_waiting)  # noqa: SIM115 - the caller closes it
        except OSError as error:
            raise MediaError(f"{self} cannot be opened: {error.strerror}") from error
        try:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise MediaError(f"{self} is not a regular file")
            self.limits.check("bytes", state.st_size)
        except MediaError:
            file.close()
            raise
        return file


@contextmanager
def decoding(what: object) -> Iterator[None]:
    """Turn whatever a decoder raises on hostile bytes into a MediaError."""
    try:
        yield
    except (MediaError, ModuleNotFoundError):
        raise
    except Exception as error:  # decoders raise anything from SyntaxError to struct.error
        raise MediaError(f"{what!r:.100} cannot be decoded: {error or type(error).__name__}") from error


def need(module: str, extra: str) -> Any:
    """An optional module. Raises ModuleNotFoundError saying what to install."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{module} is not installed: pip install 'guerdon[{extra}]'", name=module) from error


def _place(value: object) -> Path | bytes | str:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, os.PathLike):
        return Path(value)
    if isinstance(value, str):
        return value if "://" in value or value[:5].lower() == "data:" else Path(value)
    raise MediaError(f"cannot read media from a {type(value).__name__}: give a path, bytes, a URI or a pixel array")


def _open_without_waiting(path: str, flags: int) -> int:
    # Opening a pipe for reading would otherwise wait for a writer for ever.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _data_uri(uri: str, limits: Limits) -> bytes:
    head, comma, body = uri.partition(",")
    if not comma:
        raise MediaError(f"malformed data URI, no comma: {uri:.60}")
    if not head.lower().endswith(";base64"):
        limits.check("bytes", len(body) // 3)
        return unquote_to_bytes(body)
    limits.check("bytes", len(body) * 3 // 4)
    try:
        return base64.b64decode("".join(unquote(body).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MediaError(f"malformed data URI, {error}: {uri:.60}") from error


def _fetch(url: str, allow_http: bool | Collection[str], limits: Limits) -> bytes:
    """The body behind a URL, following redirects that are themselves allowed."""
    import http.client
    from urllib import error, request

    # Not build_opener: it would add handlers for ftp, file and data, and follow redirects unasked.
    opener = request.OpenerDirector()
    for handler in (request.ProxyHandler, request.HTTPHandler, request.HTTPSHandler,
                    request.HTTPErrorProcessor, request.HTTPDefaultErrorHandler):  # fmt: skip
        opener.add_handler(handler())
    deadline = time.monotonic() + HTTP_SECONDS
    for _ in range(HTTP_REDIRECTS + 1):
        _check_url(url, allow_http)
        try:
            with opener.open(url, timeout=HTTP_SECONDS) as response:
                return _body(response, deadline, limits)
        except error.HTTPError as reply:
            reply.close()
            target = reply.headers.get("Location")
            if not (300 <= reply.code < 400 and target):
                raise MediaError(f"{url:.100} answered {reply.code} {reply.reason}") from reply
            url = urljoin(url, target)
        except (OSError, http.client.HTTPException, UnicodeError) as failure:
            raise MediaError(f"{url:.100} cannot be fetched: {failure}") from failure
    raise MediaError(f"{url:.100} redirects more than {HTTP_REDIRECTS} times")


def _body(response: Any, deadline: float, limits: Limits) -> bytes:
    body = bytearray()
    while chunk := response.read1(HTTP_CHUNK):
        body += chunk
        limits.check("bytes", len(body))
        if time.monotonic() > deadline:
            raise MediaError(f"{response.url:.100} took more than {HTTP_SECONDS:g} seconds")
    return bytes(body)


def _check_url(url: str, allow_http: bool | Collection[str]) -> None:
    """Raise MediaError unless this URL may be asked.

    A name that resolves differently a moment later can still slip past the check of addresses: where
    that matters, name the hosts.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise MediaError(f"malformed URL {url:.100}: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise MediaError(f"{url:.100} is not an http(s) URL")
    if not allow_http:
        raise MediaError(f"{url:.100} is not fetched: pass allow_http=True to allow public hosts")
    if allow_http is not True:
        if host not in allow_http:
            raise MediaError(f"{host!r} is not among the allowed hosts {sorted(allow_http)}")
    elif not _is_public(host):
        raise MediaError(f'{host!r} has a private address: pass allow_http=("{host}",) if that is meant')


def _is_public(host: str) -> bool:
    import ipaddress
    import socket

    try:
        found = socket.getaddrinfo(host, None)
    except (OSError, UnicodeError) as error:
        raise MediaError(f"{host!r} cannot be resolved: {error}") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return all((getattr(a, "ipv4_mapped", None) or a).is_global for a in addresses)
