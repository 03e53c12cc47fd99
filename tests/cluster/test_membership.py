"""slipwayd as a member of a service in Consul: there while it takes work, gone when it leaves, and the same without Consul."""

import signal

import pytest

from conftest import Consul, wait_until
from harness.uploads import Upload


def test_it_is_registered_with_its_check_and_what_others_want_to_know(consul, make_node):
    node = make_node("--server.admin_listen", "127.0.0.1:0").join(
        consul, "described", "--consul.zone", "north", "--consul.weight", "7", "--consul.tags", "blue,large")
    node._ready = lambda address: address.exists()
    node.start()
    wait_until("it is ready in Consul", lambda: consul.ready("described"))
    [entry] = consul.instances("described")
    service, admin = entry["Service"], (node.data_dir / "slipwayd.admin.addr").read_text().strip()
    assert f"{service['Address']}:{service['Port']}" == (node.data_dir / "slipwayd.addr").read_text().strip()
    assert service["Tags"] == ["blue", "large"] and service["Weights"]["Passing"] == 7
    assert service["Meta"] == {"version": service["Meta"]["version"], "zone": "north", "admin_address": admin}
    # Consul itself has asked.
    wait_until("the check is made", lambda: '"status":"ok"' in consul.ask("GET", "/v1/agent/checks")[
        f"{service['ID']}:ready"]["Output"])


def test_a_node_that_is_killed_is_found_out_and_replaced_when_it_comes_back(consul, make_node):
    node = make_node().join(consul, "killed").start()
    wait_until("it is ready in Consul", lambda: consul.ready("killed"))
    node.kill()
    wait_until("its check fails", lambda: not consul.ready("killed"))
    node.start()
    wait_until("it is ready again", lambda: consul.ready("killed") == [node.id])
    assert len(consul.instances("killed")) == 1


def test_peers_see_each_other_come_and_go(consul, make_node):
    one = make_node().join(consul, "peers").start()
    two = make_node().join(consul, "peers", "--consul.drain_wait", "0s").start()
    for node in (one, two):
        wait_until("both are seen", lambda: node.metrics()["slipway_consul_peers"] == 2)
    gone = two.id
    assert two.terminate() == 0
    wait_until("one is left", lambda: one.metrics()["slipway_consul_peers"] == 1)
    assert gone in " ".join(line["left"] for line in one.events("consul_peers"))


def test_a_consul_that_forgot_it_is_told_again(own_consul, make_node):
    node = make_node().join(own_consul, "slipway").start()
    wait_until("it is ready in Consul", lambda: own_consul.ready("slipway"))
    own_consul.stop()
    node.wait_for_event("consul_away")
    assert Upload(node.client, b"while Consul is away").finished()["size"] == 20
    assert node.metrics()["slipway_consul_answers"] == 0
    own_consul.forget()
    own_consul.start()
    wait_until("it is there again", lambda: own_consul.ready("slipway") == [node.id])
    node.wait_for_event("consul_answers_again")
    assert node.metrics()["slipway_consul_registrations_total"] == 2
    assert len(node.events("consul_away")) == 1, "its absence is told once"


def test_it_starts_and_serves_without_consul(own_consul, make_node):
    own_consul.stop()
    node = make_node().join(own_consul, "slipway").start()
    assert Upload(node.client, b"without Consul").finished()["size"] == 14
    node.wait_for_event("consul_away")
    own_consul.start()
    wait_until("it is there", lambda: own_consul.ready("slipway") == [node.id])
    own_consul.stop()
    assert node.terminate() == 0, "nor does the end wait for Consul"


def test_it_leaves_before_it_stops_taking_work(consul, make_node):
    node = make_node().join(consul, "leaving", "--consul.drain_wait", "5m").start()
    wait_until("it is ready in Consul", lambda: consul.ready("leaving"))
    node.process.send_signal(signal.SIGTERM)
    wait_until("it has left", lambda: consul.instances("leaving") == [])
    answer = node.client.get("/readyz", auth=False)
    assert answer.status == 503 and answer.json()["reasons"] == ["draining"]
    # Who has not heard of it yet is served.
    assert Upload(node.client, b"to the end").finished()["size"] == 10
    node.process.send_signal(signal.SIGTERM)
    assert node.wait_for_end(30) == 1, "a second signal ends it at once"
    assert [line["event"] for line in node.log_lines() if line["event"] in ("draining", "consul_left")] == \
        ["draining", "consul_left"]


@pytest.mark.parametrize("give", ["environment", "file"])
def test_it_shows_its_token(tmp_path, make_node, give):
    guarded = Consul(tmp_path / "guarded", "0b5c4a5e-51f0-4b53-9d3a-8f6f6f1d2a11")
    try:
        guarded.start()
        node = make_node().join(guarded, "slipway")
        if give == "file":
            (tmp_path / "token").write_text(node.env.pop("SLIPWAY_CONSUL_TOKEN") + "\n")
            node.args += ["--consul.token_file", str(tmp_path / "token")]
        node.start()
        wait_until("it is ready in Consul", lambda: guarded.ready("slipway") == [node.id])
        stranger = make_node().join(guarded, "slipway")
        stranger.env["SLIPWAY_CONSUL_TOKEN"] = "wrong"
        stranger.start()
        assert "403" in stranger.wait_for_event("consul_away")["detail"]
        assert guarded.token not in node.log_path.read_text()
    finally:
        guarded.stop()
