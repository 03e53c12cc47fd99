"""TLS for the black-box suites: an authority made by openssl(1) when the tests run, and a server that ends TLS in front
of another."""

import asyncio
import contextlib
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path


class Authority:
    """Signs certificates; `file` is its own."""

    def __init__(self, directory: Path, name: str = "authority"):
        self.directory = directory
        self.file, self.key = directory / f"{name}.pem", directory / f"{name}.key"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                      "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", self.key,
                      "-out", self.file)

    def equip(self, folder: Path) -> None:
        """For a server of scripts/servers, before it starts: it serves TLS at 127.0.0.1, and trusts who is signed for as it is."""
        certificate, key = self.identity()
        certs = folder / "certs"
        certs.mkdir(parents=True)
        for source, name in ((certificate, "public.crt"), (key, "private.key"), (self.file, "ca.crt")):
            (certs / name).write_bytes(source.read_bytes())

    def context(self, name: str = "IP:127.0.0.1", expired: bool = False) -> ssl.SSLContext:
        """What a server of this alternative name needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.identity(name, expired))
        return context

    def identity(self, name: str = "IP:127.0.0.1", expired: bool = False) -> tuple[Path, Path]:
        """A certificate for this alternative name, and its key."""
        stem = self.directory / f"{self.file.stem}-{name.replace(':', '-')}-{expired}"
        key, request, certificate = (stem.with_name(stem.name + end) for end in (".key", ".csr", ".crt"))
        extensions = stem.with_name(stem.name + ".ext")
        extensions.write_text(f"subjectAltName={name}\n")
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                      "/CN=server", "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key, "-CAcreateserial", "-days",
                      "-1" if expired else "1", "-extfile", extensions, "-out", certificate)
        return certificate, key

    @staticmethod
    def _openssl(*arguments: object) -> None:
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()
    target.close()


@contextlib.contextmanager
def tls_front(upstream: tuple[str, int], context: ssl.SSLContext) -> Iterator[int]:
    """The port of a server that ends TLS and hands every byte on. One thread does it all: a TLS connection must not be
    read and written at the same time from two."""
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(*upstream)
        await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0, ssl=context))
    # Clients that do not trust it are what some tests are about.
    loop.set_exception_handler(lambda *_: None)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
