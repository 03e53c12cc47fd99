"""Fixtures of the black-box suites.

`server` is a slipwayd of the test's own; `api` a client of one that all tests of the session share; `start_server`
makes servers with arguments. Every server must end with exit code 0 and without a sanitizer's report.

Environment: SLIPWAY_BIN_DIR (default build/release/bin), SLIPWAY_TEST_SCALE (1; less makes the tests smaller).
"""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.cli import Cli
from harness.daemon import BIN_DIR, Daemon
from harness.uploads import Upload


def pytest_report_header(config):
    return f"slipway: {BIN_DIR}, scale {os.environ.get('SLIPWAY_TEST_SCALE', '1')}"


def pytest_collection_modifyitems(items):
    """The suite that waits for most of a minute begins first, so that the others run beside it."""
    items.sort(key=lambda item: item.path.name != "test_uploads_expire.py")


def _serve(directory: Path):
    """Makes servers below `directory`; yields the factory, then ends what it made and judges it."""
    made: list[Daemon] = []

    def start(args=None, env=None, key="", data_dir=None, wait=True) -> Daemon:
        name = f"server{len(made)}"
        daemon = Daemon(data_dir or directory / name, directory / f"{name}.log", key, args, env)
        daemon.data_dir.mkdir(parents=True, exist_ok=True)
        made.append(daemon)
        return daemon.start() if wait else daemon

    try:
        yield start
        for daemon in made:
            daemon.close()
        for daemon in made:
            shutil.rmtree(daemon.data_dir, ignore_errors=True)
    finally:
        for daemon in made:
            daemon.abandon()


@pytest.fixture
def start_server(tmp_path):
    """start_server(args=[…], env={…}) starts a slipwayd; wait=False makes it without starting."""
    yield from _serve(tmp_path)


@pytest.fixture
def server(start_server):
    """A slipwayd of this test's own."""
    return start_server()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    """One slipwayd for all tests that leave it as they found it."""
    factory = _serve(tmp_path_factory.mktemp("shared"))
    yield next(factory)(["--uploads.sweep_interval", "1s"])
    with pytest.raises(StopIteration):
        next(factory)


@pytest.fixture(scope="session", autouse=True)
def expiring(request):
    """An upload with the shortest life that there is, begun before all tests: test_uploads_expire.py waits for its end.
    Nothing is begun when that suite does not run."""
    if not any(item.path.name == "test_uploads_expire.py" for item in request.session.items):
        return None
    api = request.getfixturevalue("shared_server").client
    return Upload(api, b"expires" * 1000, expires_in=60)


@pytest.fixture
def api(shared_server):
    """A client of the shared server, with its administrator's key."""
    return shared_server.client


@pytest.fixture
def cli(shared_server, tmp_path) -> Cli:
    """The command line client of somebody who uses the server of all tests."""
    return Cli(tmp_path, shared_server.url, shared_server.key)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 MiB. It takes the right to mount; without that the test says so and is left out."""
    path = tmp_path / "small"
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(path)], capture_output=True,
                             text=True)
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a small file system here: {mounted.stderr.strip()}")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.fixture
def rng():
    """Seeded randomness; the seed is printed when the test fails, and SLIPWAY_TEST_SEED repeats it."""
    seed = int(os.environ.get("SLIPWAY_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"seed: SLIPWAY_TEST_SEED={seed}")
    return random.Random(seed)
