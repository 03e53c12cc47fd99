"""Whatever process of a cluster dies, pauses, or is cut off while uploads run through it: they end as files with their bytes, no part
is sent again that was acknowledged, and no work is lost or done twice. One thing at a time, in the midst of uploads.

SLIPWAY_TORTURE=long is 32 uploads of 256 MiB at a time; the longest stalls are told at the end.
"""

import contextlib
import signal
import time

import pytest

import verdict
from conftest import wait_until
from fleet import Fleet
from harness.daemon import patience
from harness.receiver import Receiver
from harness.uploads import MIB
from relay import Relay
from rig.tier import LONG, seeded
from whole import Member, Whole

COUNT, SIZE, SECONDS = (32, 256 * MIB, 3600) if LONG else (8, 16 * MIB, 300)
# Some go to the store as they come, some are smaller than its smallest part.
CHUNKS = [8 * MIB, 4 * MIB] if LONG else [5 * MIB, MIB]
# A task whose worker has not been heard of for so many seconds is another's.
LEASE = 5


@pytest.fixture(scope="module")
def receiver():
    with Receiver() as made:
        yield made


@pytest.fixture(scope="module")
def whole(tmp_path_factory, receiver):
    made = Whole(tmp_path_factory.mktemp("chaos"))
    (made.folder / "webhook-secret").write_text(receiver.secret)
    try:
        made.up("--limits.requests_per_second", "0", "--limits.parts_per_second", "0", "--storage.trash_keep", "0s",
                "--storage.upkeep_interval", "5s", "--tasks.lease", f"{LEASE}s", "--webhooks.endpoints", f"chaos {receiver.url}",
                "--webhooks.allow_http", "true", "--webhooks.allow_private", "true", "--webhooks.secret_file", str(made.folder / "webhook-secret"),
                "--webhooks.backoff", "500ms", "--webhooks.backoff_max", "2s")
        yield made
    finally:
        made.down()


@pytest.fixture(scope="module")
def line(whole):
    """The way of the third node to MariaDB."""
    relay, node = Relay(whole.member("mariadb").port), whole.nodes[2]
    arguments = (node.folder / "arguments").read_text()
    url = whole.member("mariadb").url.replace(str(whole.member("mariadb").port), str(relay.port))
    (node.folder / "arguments").write_text(f"{arguments}--metadata.url\n{url}\n")
    node.stop()
    node.start()
    yield relay


@pytest.fixture(scope="module")
def standing(whole):
    """How many tasks there are while nobody does anything."""
    wait_until("the nodes have begun", lambda: verdict.to_be_done(verdict.tasks(whole)))
    return max(verdict.to_be_done(verdict.tasks(whole)) for _ in range(20))


def killed_until(member: Member, fleet: Fleet, condition) -> None:
    """It is gone until that is so."""
    member.kill()
    fleet.strike()
    try:
        condition()
    finally:
        member.start()


def a_node_is_killed(whole, line, fleet):
    killed_until(whole.nodes[1], fleet, lambda: fleet.until(0.8))


def mariadb_is_killed(whole, line, fleet):
    killed_until(whole.member("mariadb"), fleet, lambda: fleet.until_refused(20))


def consul_is_killed(whole, line, fleet):
    killed_until(whole.member("consul"), fleet, lambda: fleet.until(0.8))


def kafka_is_killed(whole, line, fleet):
    killed_until(whole.member("kafka"), fleet, lambda: fleet.until(0.8))


def the_redis_master_is_killed(whole, line, fleet):
    master = whole.redis_master()
    master.kill()
    fleet.strike()
    try:
        wait_until("the other one is the master", lambda: whole.redis_master().port != master.port)
        fleet.until(0.8)
    finally:
        (master.folder / "replica_of").write_text(whole.redis_master().url)
        master.start()


def redis_forgets_everything(whole, line, fleet):
    fleet.strike()
    for share in (0.4, 0.6, 0.8):
        assert whole.redis(whole.redis_master(), "flushall") == "OK"
        fleet.until(share)


def a_node_pauses_for_longer_than_its_lease(whole, line, fleet):
    node = whole.nodes[0]
    node.signal(signal.SIGSTOP)
    fleet.strike()
    try:
        fleet.until(1)
        time.sleep(max(0, LEASE + 5 - (time.monotonic() - fleet.struck_at)))
    finally:
        node.signal(signal.SIGCONT)


def a_node_is_cut_off_from_mariadb(whole, line, fleet):
    line.cut()
    fleet.strike()
    try:
        fleet.until(0.8)
        wait_until("it says so", lambda: readiness(whole, "node3") == 503)
    finally:
        line.mend()
    wait_until("it is back", lambda: readiness(whole, "node3") == 200)


def a_node_hears_nothing_of_mariadb(whole, line, fleet):
    line.hold()
    fleet.strike()
    try:
        wait_until("it says so", lambda: readiness(whole, "node3") == 503)
        fleet.until(0.8)
    finally:
        line.let_go()
    wait_until("it is back", lambda: readiness(whole, "node3") == 200)


def all_nodes_are_restarted_one_after_another(whole, line, fleet):
    for number, node in enumerate(whole.nodes, 1):
        # Some are held for each of them.
        fleet.strike(0.5 + 0.5 * number / len(whole.nodes))
        node.stop()
        node.start()


def readiness(whole: Whole, node: str) -> int:
    with contextlib.suppress(OSError):
        return whole.client(node).get("/readyz", auth=False).status
    return 0


CASES = [a_node_is_killed, mariadb_is_killed, consul_is_killed, kafka_is_killed, the_redis_master_is_killed, redis_forgets_everything,
         a_node_pauses_for_longer_than_its_lease,
         a_node_is_cut_off_from_mariadb, a_node_hears_nothing_of_mariadb, all_nodes_are_restarted_one_after_another]


@pytest.mark.parametrize("happens", CASES, ids=[case.__name__ for case in CASES])
def test_uploads_go_on_while(whole, line, receiver, standing, stalls, happens):
    fleet = Fleet(whole.client(timeout=60 if LONG else 15), seeded(happens.__name__), COUNT, SIZE, CHUNKS, SECONDS).start()
    try:
        fleet.until(0.25)
        happens(whole, line, fleet)
        fleet.finish()
        verdict.check(whole, fleet, receiver, standing)
        stalls(happens.__name__, fleet)
        verdict.remove(fleet)
        whole.free_disk()
    finally:
        fleet.abandon()
    wait_until("all nodes are ready", lambda: all(readiness(whole, node) == 200 for node in ("node1", "node2", "node3")), 120)
