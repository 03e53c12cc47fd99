"""Small libraries that are loaded into slipwayd before libc, compiled when a test asks for them."""

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
