"""Redis and its sentinels over TLS and with passwords: who may not come in, or is not trusted, costs the cache and nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import running, wait_until
from harness.real_server import RealServer
from harness.tls import Authority
from harness.uploads import KIB, Upload

PASSWORDS = ("SLIPWAY_REDIS_PASSWORD", "SLIPWAY_REDIS_SENTINEL_PASSWORD")


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def guarded(name: str, folder: Path, authority: Authority) -> RealServer:
    """Speaks TLS, and asks for a password; not yet started."""
    authority.equip(folder)
    for mark in ("guarded", "asks"):
        (folder / mark).touch()
    return RealServer(name, folder)


@pytest.fixture(scope="module")
def redis(tmp_path_factory, authority) -> Iterator[RealServer]:
    yield from running(guarded("redis", tmp_path_factory.mktemp("redis"), authority))


@pytest.fixture(scope="module")
def sentinel(tmp_path_factory, authority, redis) -> Iterator[RealServer]:
    server = guarded("redis-sentinel", tmp_path_factory.mktemp("sentinel"), authority)
    (server.folder / "watches").write_text(f"{redis.url} main 1\n")
    yield from running(server)


@pytest.fixture
def make(make_node, mariadb, redis, sentinel, authority):
    """make("address" or "sentinels") makes a server that comes to Redis that way, with what is given in place of what is right."""
    def made(way: str, password: str = "", sentinel_password: str = "", ca: Path = authority.file):
        arguments, environment = mariadb.database(os.urandom(6).hex())
        to_redis = {"address": ["--redis.address", redis.url],
                    "sentinels": ["--redis.sentinels", sentinel.url, "--redis.master_name", "main"]}[way]
        secret = redis.script("keys").stdout.split()[1]
        values = dict(zip(PASSWORDS, (password or secret, sentinel_password or secret)))
        return make_node(*arguments, *to_redis, "--redis.tls", "true", "--redis.ca", str(ca), env=environment | values)
    return made


def is_connected(node) -> bool:
    return node.metrics()["slipway_redis_connected"] == 1


@pytest.mark.parametrize("way", ["address", "sentinels"])
def test_uploads_are_shown_from_there(make, way):
    node = make(way).start()
    wait_until("it is connected", lambda: is_connected(node))
    upload = Upload(node.client, os.urandom(40 * KIB)).put_all()

    def is_read() -> bool:
        assert sorted(upload.stored()) == list(upload.numbers)
        return node.metrics()['slipway_cache_looks{end="hit"}'] > 0
    wait_until("the parts come from Redis", is_read)
    assert upload.complete().status == 200


def test_the_passwords_may_stand_in_files(make, tmp_path):
    node = make("sentinels")
    for variable, setting in zip(PASSWORDS, ("redis.password_file", "redis.sentinel_password_file")):
        path = tmp_path / setting
        path.write_text(node.env.pop(variable) + "\n")
        node.args += [f"--{setting}", str(path)]
    node.start()
    wait_until("it is connected", lambda: is_connected(node))


@pytest.mark.parametrize("way, wrong, said", [
    ("address", "authority", "127.0.0.1 is not trusted: its certificate is not signed by a known authority"),
    ("sentinels", "authority", "127.0.0.1 is not trusted: its certificate is not signed by a known authority"),
    ("address", "password", "WRONGPASS"),
    ("sentinels", "password", "WRONGPASS"),
    ("sentinels", "sentinel_password", "WRONGPASS"),
])
def test_who_does_not_come_in_says_why_and_goes_on_without(make, tmp_path, way, wrong, said):
    secret = f"a-secret-{os.urandom(8).hex()}"
    other = {"ca": Authority(tmp_path, "other").file} if wrong == "authority" else {wrong: secret}
    node = make(way, **other).start()
    wait_until("the log says why", lambda: any(said in event["detail"] for event in node.events("redis_away")))
    assert Upload(node.client, os.urandom(12 * KIB)).finished()
    assert not is_connected(node)
    assert secret not in node.log_path.read_text() and "slipway-test-secret" not in node.log_path.read_text()


def test_an_authority_that_is_not_there_stops_the_start(make, tmp_path):
    node = make("address", ca=tmp_path / "none.pem")
    node.process = node.spawn()
    assert node.wait_for_end(60) == 2
    assert "redis.ca: " in node.log_tail()
