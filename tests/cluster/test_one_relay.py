"""Events are relayed by one server at a time: by a lease in the database or a lock in Consul; whoever was paused for longer
than that changes nothing, and no event is lost."""

import json

import pytest

from conftest import wait_until
from harness.receiver import Receiver
from harness.uploads import Upload
from several import CHUNK, Ground, Several, completed, pause, resume


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    made = Ground(tmp_path_factory.mktemp("ground"))
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture
def several(ground, tmp_path, make_node):
    return Several(ground, tmp_path, make_node)


def telling(receiver: Receiver, *args: str) -> list[str]:
    settings = {"--webhooks.endpoints": f"test {receiver.url}", "--webhooks.allow_http": "true",
                "--webhooks.allow_private": "true", "--webhooks.backoff": "100ms", "--webhooks.backoff_max": "300ms"}
    return [*args, *(word for pair in settings.items() for word in pair)]


def start_telling(several, receiver, *args, before=lambda node: None):
    node = several.make(*telling(receiver, *args))
    node.env["SLIPWAY_WEBHOOKS_SECRETS"] = receiver.secret
    before(node)
    return node.start()


def holder(nodes):
    """The server that relays, once one does; by what it says when it takes and loses the lease."""
    def find():
        return next((node for node in nodes if len(node.events("lease_taken")) > len(node.events("lease_lost"))), None)
    return wait_until("one relays", find)


def ended(node, name: str) -> str:
    upload = Upload(node.client, name.ljust(64, "-").encode() * (CHUNK // 64), CHUNK)
    assert upload.put(1).status == 200
    return completed(upload)["file_id"]


def is_told(receiver, *files: str):
    wanted = {(file, kind) for file in files for kind in ("upload.created", "upload.completed")}
    wait_until("all is told", lambda: wanted <= {(message.subject, message.kind) for message in receiver.delivered()})


def test_one_of_them_relays_what_happens_on_any(several):
    with Receiver() as receiver:
        nodes = [start_telling(several, receiver) for _ in range(2)]
        is_told(receiver, *(ended(node, f"on {index}") for index, node in enumerate(nodes)))
        wait_until("nothing is left", lambda: several.sql("SELECT COUNT(*) FROM outbox") == "0")
        assert sum(len(node.events("lease_taken")) for node in nodes) == 1
        gone = holder(nodes)
        left = nodes[1 - nodes.index(gone)]
        gone.terminate()
        is_told(receiver, ended(left, "after"))
        assert left.events("lease_taken"), "it was given back at once"


def test_a_holder_that_was_paused_for_longer_than_its_lease_changes_nothing(several):
    with Receiver() as receiver:
        nodes = [start_telling(several, receiver) for _ in range(2)]
        paused = holder(nodes)
        other = nodes[1 - nodes.index(paused)]
        pause(paused)
        try:
            file = ended(other, "meanwhile")
            other.wait_for_event("lease_taken")
            is_told(receiver, file)
        finally:
            resume(paused)
        paused.wait_for_event("lease_lost")
        assert other.events("lease_taken")[-1]["token"] > paused.events("lease_taken")[-1]["token"]
        is_told(receiver, ended(paused, "afterwards"))
        wait_until("nothing is left", lambda: several.sql("SELECT COUNT(*) FROM outbox") == "0")
        assert not other.events("lease_lost")


def test_with_consul_the_lease_is_a_lock_there(several, consul):
    key = f"{several.name}/locks/relay"
    with Receiver() as receiver:
        nodes = [start_telling(several, receiver, before=lambda node: node.join(consul, several.name)) for _ in range(2)]
        first = holder(nodes)
        lock = consul.ask("GET", f"/v1/kv/{key}")[0]
        token = first.events("lease_taken")[-1]["token"]
        assert lock["Session"] and token == lock["ModifyIndex"]
        assert several.sql("SELECT token FROM leases WHERE name='relay'") == str(token)
        is_told(receiver, ended(first, "locked"))
        consul.ask("PUT", f"/v1/session/destroy/{lock['Session']}")
        first.wait_for_event("lease_lost")
        is_told(receiver, ended(first, "unlocked"))
        taken = [line["token"] for node in nodes for line in node.events("lease_taken")]
        assert max(taken) > token
        assert several.sql("SELECT token FROM leases WHERE name='relay'") == str(max(taken))


def test_a_token_that_is_behind_is_refused(several, consul):
    """As after a Consul that was set up anew: what the database knows is not taken back."""
    consul.ask("PUT", "/v1/kv/anything", json.dumps("x").encode())
    several.start("--node.roles", "api")
    several.sql("INSERT INTO leases (name,owner,token,ends_at) VALUES ('relay','before',9000000000,UTC_TIMESTAMP(6))")
    with Receiver() as receiver:
        node = start_telling(several, receiver, before=lambda made: made.join(consul, several.name))
        refused = node.wait_for_event("lease_not_asked")
        assert "9000000000" in refused["detail"]
        several.sql("UPDATE leases SET token=0 WHERE name='relay'")
        node.wait_for_event("lease_taken")
