"""Redis in front of MariaDB: what it holds is derived. Whatever becomes of it, nothing acknowledged is lost or asked for again."""

import os
import signal

import pytest

from conftest import wait_until
from harness.uploads import KIB, Upload
from redis_server import Redis


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path / "redis")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def node(make_node, mariadb, redis, request):
    """A server over a database of the test's own, with Redis in front of it."""
    arguments, environment = mariadb.database(request.node.name[:40])
    return make_node(*arguments, "--redis.address", redis.url, "--limits.requests_per_second", "0",
                     env=environment | {"SLIPWAY_REDIS_PASSWORD": redis.password})


def looks(node, end: str) -> float:
    return node.metrics()[f'slipway_cache_looks{{end="{end}"}}']


def numbers(upload: Upload) -> list[int]:
    return sorted(upload.stored())


def wait_until_redis_is_read(node, upload: Upload) -> None:
    """What it shows meanwhile is the same."""
    before, shown = looks(node, "hit"), numbers(upload)

    def read() -> bool:
        assert numbers(upload) == shown
        return looks(node, "hit") > before
    wait_until("the status comes from Redis", read)


def test_redis_holds_what_the_catalog_has(node, redis):
    node.start()
    upload = Upload(node.client, os.urandom(40 * KIB))
    for number in (1, 2, 10):
        assert upload.put(number).status == 200
    wait_until_redis_is_read(node, upload)
    assert upload.put(3).status == 200
    assert numbers(upload) == [1, 2, 3, 10]
    key = f"file:meta:{{{upload.id}}}"
    assert redis.ask("hget", key, "progress") == "4"
    assert redis.ask("hget", key, "uploadStatus") == "open"
    assert redis.ask("hget", key, "chunkSize") == str(4 * KIB)
    assert 6 * 24 * 3600 < int(redis.ask("ttl", key)) <= 7 * 24 * 3600
    assert upload.put_all().complete().status == 200
    assert upload.download().body == upload.data
    assert redis.password not in node.log_path.read_text()


@pytest.mark.parametrize("blow", ["flush", "kill", "pause"])
def test_whatever_becomes_of_redis_the_upload_goes_on(node, redis, blow):
    node.start()
    upload = Upload(node.client, os.urandom(100 * 4 * KIB))
    upload.put(1)
    wait_until_redis_is_read(node, upload)
    sent = [1]
    for number in range(2, 101):
        if number == 30 and blow == "flush":
            assert redis.ask("flushall") == "OK"
        elif number == 30 and blow == "kill":
            redis.kill()
        elif number == 30:
            os.kill(int((redis.folder / "pid").read_text()), signal.SIGSTOP)
        if number == 60 and blow == "kill":
            redis.start()
        elif number == 60 and blow == "pause":
            os.kill(int((redis.folder / "pid").read_text()), signal.SIGCONT)
        assert upload.put(number).status == 200
        sent.append(number)
        assert numbers(upload) == sent, "what was acknowledged is shown"
    wait_until_redis_is_read(node, upload)
    assert numbers(upload) == sent
    assert upload.complete().status == 200
    assert upload.download().body == upload.data


def test_it_starts_and_serves_without_redis(node, redis):
    redis.stop()
    node.start()
    upload = Upload(node.client, os.urandom(40 * KIB)).put_all()
    assert node.metrics()["slipway_redis_connected"] == 0
    node.wait_for_event("redis_away")
    redis.start()
    wait_until("there is a connection", lambda: node.metrics()["slipway_redis_connected"] == 1)
    wait_until_redis_is_read(node, upload)
    assert upload.complete().status == 200
    assert node.terminate() == 0


def test_a_wrong_password_is_told_and_no_secret(node, redis):
    node.env["SLIPWAY_REDIS_PASSWORD"] = "no-such-password"
    node.start()
    assert "WRONGPASS" in node.wait_for_event("redis_away")["detail"]
    assert Upload(node.client, b"without").finished()["size"] == 7
    assert "no-such-password" not in node.log_path.read_text()
