"""The keys of signed URLs: a new one while URLs are in flight, restarts, and revocation, which counts at once."""

import json
import os
import re

from harness.cli import Cli
from harness.uploads import KIB, Upload

KEYS = "/admin/signing-keys"


def kid(url):
    return re.search("kid=([0-9a-f]+)", url)[1]


def test_a_new_key_signs_and_urls_in_flight_stay_valid(server):
    upload = Upload(server.client, os.urandom(20 * KIB))
    old = kid(upload.urls[1])
    reply = server.client.post(KEYS)
    assert reply.status == 201 and reply.json()["state"] == "signs" and reply.json()["verifies_until"] is None, reply
    new = reply.json()["key_id"]
    assert new != old and upload.put(1).status == 200
    upload.urls.clear()
    assert kid(upload.url(2)) == new and upload.put(2).status == 200
    keys = server.client.get(KEYS).json()["keys"]
    assert [(key["key_id"], key["state"]) for key in keys] == [(old, "verifies"), (new, "signs")]
    assert "secret" not in server.client.get(KEYS).body.decode()


def test_the_ring_survives_a_restart(server):
    upload = Upload(server.client, os.urandom(12 * KIB))
    server.client.post(KEYS)
    young = Upload(server.client, os.urandom(4 * KIB))
    before = server.client.get(KEYS).json()
    server.kill()
    server.start()
    assert server.client.get(KEYS).json() == before
    assert upload.put(1).status == 200 and young.put(1).status == 200
    assert kid(Upload(server.client, b"x").urls[1]) == before["keys"][-1]["key_id"]


def test_a_revoked_key_opens_nothing_at_once_and_after_a_restart(server):
    upload = Upload(server.client, os.urandom(12 * KIB))
    old = kid(upload.urls[1])
    server.client.post(KEYS)
    young = Upload(server.client, os.urandom(4 * KIB))
    assert server.client.delete(f"{KEYS}/{old}").status == 204
    reply = upload.put(1)
    assert (reply.status, reply.error) == (403, "invalid_signature"), reply
    assert young.put(1).status == 200
    server.restart()
    assert upload.put(1).status == 403
    upload.urls.clear()
    assert upload.put(1).status == 200
    reply = server.client.delete(f"{KEYS}/{old}")
    assert (reply.status, reply.error) == (404, "key_not_found"), reply


def test_revoking_the_key_that_signs_makes_another(server):
    upload = Upload(server.client, b"x" * KIB)
    assert server.client.delete(f"{KEYS}/{kid(upload.urls[1])}").status == 204
    assert upload.put(1).status == 403
    upload.urls.clear()
    assert upload.put(1).status == 200
    assert len(server.client.get(KEYS).json()["keys"]) == 1


def test_the_single_key_of_before_is_taken_over(start_server, tmp_path):
    directory = tmp_path / "data"
    (directory / "keys").mkdir(parents=True)
    (directory / "keys/signing.key").write_text("ab" * 32 + "\n")
    server = start_server(data_dir=directory)
    assert (directory / "keys/signing.keys").read_text().startswith("ab" * 32)
    assert not (directory / "keys/signing.key").exists()
    upload = Upload(server.client, b"x" * KIB)
    server.restart()
    assert upload.put(1).status == 200


def test_only_the_administrator_may(server):
    for call in (lambda: server.client.get(KEYS, auth=False), lambda: server.client.post(KEYS, auth=False),
                 lambda: server.client.delete(f"{KEYS}/00000000", auth=False)):
        assert call().status == 401


def test_the_client_administers_them(server, tmp_path):
    cli = Cli(tmp_path, server.url, server.key)
    first = server.client.get(KEYS).json()["keys"][0]["key_id"]
    made = json.loads(cli.ok("admin", "signing-key", "rotate", "--json").out)["key_id"]
    lines = cli.ok("admin", "signing-key", "list").out.decode().splitlines()
    assert lines[0].startswith(first) and " verifies until " in lines[0]
    assert lines[1].startswith(made) and lines[1].endswith(" signs")
    cli.ok("admin", "signing-key", "revoke", first)
    assert [key["key_id"] for key in server.client.get(KEYS).json()["keys"]] == [made]
    for wrong in (("revoke",), ("list", first), ("burn",), ()):
        assert cli.run("admin", "signing-key", *wrong).code == 2, wrong
    assert "key" in cli.run("admin", "signing-key", "revoke", "none").err
