"""slipway admin key: keys made, listed and revoked with the command line client."""

import json

import pytest

from harness.cli import Cli


@pytest.fixture
def admin(server, tmp_path):
    return Cli(tmp_path, server.url, server.key)


def test_a_key_does_what_its_scopes_say_until_it_is_revoked(server, admin, tmp_path):
    key = admin.ok("admin", "key", "create", "alice", "--scope", "upload", "--scope", "read").out.decode()
    assert key.startswith("slw_") and key.count("\n") == 1
    alice = Cli(tmp_path, server.url, key.strip())
    source = tmp_path / "report.txt"
    source.write_bytes(b"report" * 1000)
    stored = alice.put(source)
    assert alice.ok("get", stored["file_id"], "-o", "-").out == source.read_bytes()
    assert alice.run("rm", stored["file_id"]).code == 4, "a scope that was not given"
    assert alice.run("admin", "key", "list").code == 4

    listed = [json.loads(line) for line in admin.ok("admin", "key", "list", "--json").out.splitlines()]
    assert [entry["principal"] for entry in listed] == ["alice"]
    assert key.strip() not in json.dumps(listed) and listed[0]["last_used_at"]
    line = admin.ok("admin", "key", "list").out.decode()
    assert listed[0]["key_id"] in line and "alice  upload,read" in line and "revoked" not in line

    admin.ok("admin", "key", "revoke", listed[0]["key_id"])
    assert alice.run("ls").code == 4
    assert "revoked" in admin.ok("admin", "key", "list").out.decode()


def test_a_quota_is_set_shown_and_reset(admin):
    for nothing in ((), ("--json",)):
        refused = admin.run("admin", "quota", "set", "alice", *nothing)
        assert refused.code == 2 and "--open-uploads" in refused.err, refused
    shown = admin.ok("admin", "quota", "set", "alice", "--bytes", "10MiB", "--files", "3").out
    assert shown == admin.ok("admin", "quota", "show", "alice").out
    assert shown.decode() == "alice  0 B of 10.0 MiB  files 0 of 3  open uploads 0 of unlimited\n"
    admin.ok("admin", "quota", "reset", "alice")
    assert b"of 10.0 MiB" not in admin.ok("admin", "quota", "show", "alice").out


def test_a_key_may_have_an_end(admin):
    made = json.loads(admin.ok("admin", "key", "create", "bob", "--scope", "read,delete", "--expires-in", "30d",
                               "--json").out)
    assert made["scopes"] == ["read", "delete"] and made["expires_at"] is not None


@pytest.mark.parametrize("wrong, code", [
    (("create", "alice"), 2), (("create", "--scope", "read"), 2), (("create", "alice", "--scope", "fly"), 1),
    (("create", "a b", "--scope", "read"), 1), (("create", "alice", "--scope", "read", "--expires-in", "soon"), 2),
    (("revoke",), 2), (("revoke", "ffffffffffffffff"), 3), (("burn",), 2), ((), 2)])
def test_what_is_wrong_is_said(admin, wrong, code):
    outcome = admin.run("admin", "key", *wrong)
    assert outcome.code == code and outcome.err, outcome
    assert not json.loads(b"[" + admin.ok("admin", "key", "list", "--json").out + b"]")
