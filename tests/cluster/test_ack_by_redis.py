"""metadata.ack = "redis": small parts are acknowledged by the store and Redis, and MariaDB has them a moment later. Whatever is lost in
between, what was acknowledged is in the file, and nobody is asked for it again."""

import itertools
import os
import random
import signal
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import wait_until
from harness.daemon import patience
from harness.http import Reply
from harness.uploads import KIB, Upload
from redis_server import Redis
from several import Ground, Several, completed, is_refused, seen_from

CHUNK, PARTS = 4 * KIB, 400


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    made = Ground(tmp_path_factory.mktemp("ground"))
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path / "redis")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def several(ground, tmp_path, make_node):
    return Several(ground, tmp_path, make_node)


@pytest.fixture
def start(several, redis):
    """start(ARGUMENT…) starts a server of which Redis acknowledges parts."""
    def started(*args: str):
        node = several.make("--redis.address", redis.url, "--metadata.ack", "redis", *args)
        node.env["SLIPWAY_REDIS_PASSWORD"] = redis.password
        return node.start()
    return started


@contextmanager
def standing_still(mariadb):
    """Not a thread of it runs."""
    process = int((mariadb.folder / "pid").read_text())

    def states() -> set[str]:
        return {(task / "stat").read_text().rsplit(")", 1)[1].split()[0] for task in Path(f"/proc/{process}/task").iterdir()}

    os.kill(process, signal.SIGSTOP)
    try:
        wait_until("MariaDB stands still", lambda: states() == {"T"})
        yield
    finally:
        os.kill(process, signal.SIGCONT)


class Sent:
    """An upload of small parts, and which of them were acknowledged."""

    def __init__(self, node, name: str):
        self.upload = Upload(node.client, random.Random(name).randbytes(CHUNK * PARTS - 7), CHUNK)
        # Asked for while everything is there.
        assert all(self.upload.url(number) for number in self.upload.numbers)
        self.acknowledged: set[int] = set()
        hits = 'slipway_cache_looks{end="hit"}'
        before = node.metrics()[hits]
        # A new connection to Redis counts after a while only.
        wait_until("Redis is read", lambda: self.upload.status() and node.metrics()[hits] > before)

    def put(self, number: int) -> Reply:
        reply = self.upload.put(number)
        assert reply.status == 200 or is_refused(reply), reply
        if reply.status == 200:
            self.acknowledged.add(number)
        return reply

    def put_until_acknowledged(self, number: int) -> None:
        wait_until(f"part {number} is acknowledged", lambda: self.put(number).status == 200)

    def put_rest(self, node=None) -> None:
        if node:
            self.upload = seen_from(self.upload, node)
        for number in self.upload.numbers:
            if number not in self.acknowledged:
                reply = wait_until("the part is taken", lambda: (seen := self.upload.put(number)).status != 503 and seen)
                # One that the store had, and nobody had acknowledged, may have been found there.
                assert reply.status == 200, reply

    def is_whole(self) -> None:
        assert completed(self.upload)["chain"] == self.upload.chain
        assert self.upload.download().body == self.upload.data

    def is_recorded(self, several) -> bool:
        """All that was acknowledged; what was sent and not acknowledged may be there, too."""
        numbers = several.sql(f"SELECT number FROM parts WHERE upload=UNHEX('{self.upload.id}')").split()
        return {int(number) for number in numbers} >= self.acknowledged

    def is_acknowledged_now(self, number: int) -> bool:
        """Soon, or not at all for who waits: it may need what stands still."""
        client = self.upload.client
        usual, client.timeout = client.timeout, patience(5)
        try:
            return self.put(number).status == 200
        except OSError:
            return False
        finally:
            client.timeout = usual


def acknowledge_without_mariadb(sent: Sent, mariadb, count: int, then) -> set[int]:
    """So many parts while MariaDB stands still, and then() before it goes on. They were acknowledged by nobody else."""
    numbers = iter(sent.upload.numbers)
    while True:
        # On a slow machine a loan is over before the parts are sent: the next one is young.
        sent.put_until_acknowledged(next(numbers))
        with standing_still(mariadb):
            batch = set(itertools.takewhile(sent.is_acknowledged_now, itertools.islice(numbers, count)))
            if len(batch) == count:
                then()
                return batch


def test_parts_are_acknowledged_while_mariadb_stands_still(several, start):
    node = start()
    sent = Sent(node, "still")
    acknowledge_without_mariadb(sent, several.ground.mariadb, 5, lambda: None)
    wait_until("they are written down", lambda: sent.is_recorded(several))
    assert node.metrics()["slipway_parts_written_behind"] >= 5
    wait_until("nothing waits", lambda: node.metrics()["slipway_unwritten_parts"] == 0)
    wait_until("the upload is not lent any more", lambda: node.metrics()["slipway_lent_uploads"] == 0)
    sent.put_rest()
    sent.is_whole()
    assert node.terminate() == 0


def test_what_a_killed_server_acknowledged_another_writes_down(several, start):
    first, other = start(), start()
    sent = Sent(first, "killed")
    acknowledge_without_mariadb(sent, several.ground.mariadb, 5, first.kill)
    there = seen_from(sent.upload, other)
    wait_until("another has written them down", lambda: sent.is_recorded(several))
    assert set(there.stored()) >= sent.acknowledged
    sent.put_rest(other)
    sent.is_whole()


def strike(redis, blow: str) -> None:
    """Everything is gone at once; or the process, and what it had not written; or the process and its disk."""
    if blow == "flush":
        assert redis.ask("flushall") == "OK"
        assert redis.ask("exists", "file:unwritten") == "0"
    else:
        redis.kill()
        if blow == "lose":
            redis.forget()
        redis.start()


@pytest.mark.parametrize("blow", ["flush", "lose"])
def test_what_neither_redis_nor_mariadb_has_is_rebuilt_from_the_store(several, redis, start, blow):
    first = start()
    sent = Sent(first, f"rebuilt {blow}")

    def lose_all() -> None:
        first.kill()
        strike(redis, blow)

    only_there = acknowledge_without_mariadb(sent, several.ground.mariadb, 5, lose_all)
    # Another one that ran before might have taken them from the stream.
    other = start()
    sent.upload = seen_from(sent.upload, other)

    def told() -> bool:
        """As it is, or not at all."""
        reply = other.client.get(f"/upload/chunks?upload_id={sent.upload.id}")
        assert is_refused(reply) or reply.status == 200, reply
        if reply.status == 200:
            assert {part["part_number"] for part in reply.json()["parts"]} >= sent.acknowledged
        return reply.status == 200

    wait_until("they are told of", told)
    assert other.metrics()["slipway_parts_rebuilt"] >= len(only_there)
    assert sent.is_recorded(several)
    number = min(only_there)
    conflict = wait_until("it is looked at", lambda: (seen := sent.upload.put(number, bytes(CHUNK))).status != 503 and seen)
    assert conflict.error == "part_conflict", conflict
    sent.put_rest()
    sent.is_whole()


@pytest.mark.parametrize("blow", ["flush", "kill"])
def test_an_upload_goes_on_whatever_becomes_of_redis(redis, start, blow):
    node = start()
    sent = Sent(node, f"goes on {blow}")
    for number in sent.upload.numbers:
        if number == 150:
            strike(redis, blow)
        sent.put_until_acknowledged(number)
    sent.is_whole()


def test_of_two_clients_with_other_bytes_each_part_is_one_ones(start):
    nodes = [start(), start()]
    sent = Sent(nodes[0], "race")
    parts, rng = 60, random.Random(33)
    data = [sent.upload.data, rng.randbytes(CHUNK * PARTS - 7)]
    won: list[set[int]] = [set(), set()]
    wrong: list[BaseException] = []

    def race(mine: int) -> None:
        upload = seen_from(sent.upload, nodes[mine])
        try:
            for number in range(1, parts + 1):
                part = data[mine][(number - 1) * CHUNK:number * CHUNK]
                reply = wait_until("it is answered", lambda: (seen := upload.put(number, part)).status != 503 and seen)
                assert reply.status == 200 or reply.error == "part_conflict", reply
                if reply.status == 200:
                    won[mine].add(number)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=race, args=(mine,)) for mine in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong
    assert won[0] | won[1] == set(range(1, parts + 1)) and not won[0] & won[1], won
    sent.acknowledged = set(range(1, parts + 1))
    sent.put_rest(nodes[1])
    completed(sent.upload)
    expected = b"".join(data[number in won[1]][(number - 1) * CHUNK:number * CHUNK] for number in sent.upload.numbers)
    assert sent.upload.download().body == expected


def test_large_parts_and_ones_that_complete_by_themselves_are_mariadbs(several, start):
    node = start()
    for what, members in (("large", {"chunk_size": 5 << 20}), ("by itself", {"chunk_size": CHUNK, "complete_when_full": True})):
        data = random.Random(what).randbytes(2 * members["chunk_size"] if what == "large" else 3 * CHUNK)
        upload = Upload(node.client, data, **members)
        assert upload.put(1).status == 200
        assert several.sql(f"SELECT COUNT(*) FROM parts WHERE upload=UNHEX('{upload.id}')") == "1", what
        assert upload.put_all().id
        completed(upload)
        assert upload.download().body == data


def test_servers_of_one_database_have_to_agree(several, redis, start):
    start()
    stranger = several.make()
    assert stranger.spawn().wait(60) == 2
    assert "metadata.ack" in stranger.log_tail()
    without = several.make("--metadata.ack", "redis")
    assert without.spawn().wait(60) == 2
    assert "redis.address" in without.log_tail()
