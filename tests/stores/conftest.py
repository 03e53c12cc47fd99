"""The stores and servers of the tests of this folder.

`store` is each of the servers in turn, for the tests of one file; a test that does things to the server itself takes
`start_store`. With SLIPWAY_STORES=long the servers of the long tier are those of `store`.
"""

import contextlib

import pytest

from gateway import Gateway
from servers import OF_THIS_TIER, running


@pytest.fixture(scope="module", params=OF_THIS_TIER)
def store(request, tmp_path_factory):
    with running(request.param, tmp_path_factory.mktemp(request.param)) as server:
        yield server


@pytest.fixture
def start_store(tmp_path):
    """start_store(NAME) starts a server of the test's own."""
    with contextlib.ExitStack() as stack:
        yield lambda name, folder=None: stack.enter_context(running(name, folder or tmp_path / name))


@pytest.fixture
def start_gateway(tmp_path):
    """start_gateway(STORE, ARGUMENT…, KEY=VALUE…) starts a slipwayd over a bucket of its own, described with these keys."""
    made = []

    def start(store, *args: str, **described: str) -> Gateway:
        folder = tmp_path / f"gateway{len(made)}"
        folder.mkdir()
        made.append(Gateway(store, folder, *args, **described))
        made[-1].daemon.start()
        return made[-1]

    try:
        yield start
        for gateway in made:
            gateway.daemon.close()
    finally:
        for gateway in made:
            gateway.daemon.abandon()
