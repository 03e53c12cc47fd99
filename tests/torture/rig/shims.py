"""Small libraries that are loaded into slipwayd before libc, compiled when a test asks for them."""

import struct
import subprocess
from pathlib import Path

_SOURCES = Path(__file__).parent


def _preloaded(source: str, directory: Path) -> dict[str, str]:
    library = directory / f"{source}.so"
    subprocess.run(["clang-19", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library),
                    str(_SOURCES / f"{source}.c")], check=True)
    return {"LD_PRELOAD": str(library)}


def lying_disk(directory: Path, lie: str) -> dict[str, str]:
    """The environment of a server whose disk lies about `lie` (liar.c)."""
    return _preloaded("liar", directory) | {"SLIPWAY_LIE": lie}


class MovableClock:
    """A wall clock of a server's own, which only goes forward (clock.c)."""

    def __init__(self, directory: Path):
        self._file, self._ahead = directory / "clock", 0
        self._file.write_bytes(bytes(8))
        self.env = _preloaded("clock", directory) | {"SLIPWAY_CLOCK_FILE": str(self._file)}

    def forward(self, seconds: int) -> None:
        self._ahead += seconds
        with open(self._file, "r+b") as file:
            file.write(struct.pack("=q", self._ahead))
