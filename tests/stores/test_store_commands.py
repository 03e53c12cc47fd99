"""slipway admin store over real stores: buckets, objects with odd keys, multipart uploads, configurations, the probe."""

import json
import random
import subprocess
import urllib.parse

import pytest

from admin import Admin
from servers import BIN_DIR
from signed_calls import call

ODD_KEYS = ["own/plain", "own/with space and  two", "own/ümläut/ß", "own/a+b", "own/100%", "own/not%20decoded", "own/q?x=1&y#z",
            "own/quote'\"", "own/€-日本", "own/(a);b,c=d@e!*~"]


@pytest.fixture
def admin(store, tmp_path):
    """A store of the test's own: a bucket with a name that nothing else has."""
    admin = Admin(tmp_path, store, bucket=f"b{random.SystemRandom().randrange(2**48):x}")
    admin.bucket = admin.config.read_text().split("bucket = '")[1].split("'")[0]
    admin.ok("bucket", "create")
    return admin


def lines(outcome) -> list[dict]:
    return [json.loads(line) for line in outcome.out.splitlines()]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_an_object_is_what_was_stored_whatever_its_key(admin, tmp_path, key):
    content = random.Random(7).randbytes(300_001)
    source = tmp_path / "source"
    source.write_bytes(content)
    admin.ok("object", "put", source, key, "--content-type", "text/x-odd")

    assert [entry["key"] for entry in lines(admin.ok("object", "list", "--json"))] == [key]
    assert admin.ok("object", "list").text.endswith(f"  {len(content)}  {key}\n")
    head = lines(admin.ok("object", "head", key, "--json"))[0]
    assert head["size"] == len(content) and head["content_type"] == "text/x-odd"
    assert "size           300001" in admin.ok("object", "head", key).text

    assert admin.ok("object", "get", key, "-o", "-").out == content
    for asked, expected in {"0-0": content[:1], "1000-1999": content[1000:2000], "300000-": content[300_000:],
                            "299990-999999": content[299_990:], "-11": content[-11:]}.items():
        assert admin.ok("object", "get", key, "-o", "-", f"--range={asked}").out == expected, asked
    admin.ok("object", "delete", key)
    assert admin.run("object", "get", key, "-o", "-").code == 3
    assert admin.run("object", "head", key).code == 3
    assert admin.ok("object", "list").text == ""


def test_a_download_takes_the_last_name_and_overwrites_nothing(admin, tmp_path):
    (tmp_path / "source").write_bytes(b"content")
    admin.ok("object", "put", "source", "own/folder/report.txt")
    admin.ok("object", "get", "own/folder/report.txt")
    assert (tmp_path / "report.txt").read_bytes() == b"content"
    assert admin.run("object", "get", "own/folder/report.txt").code == 8
    admin.ok("object", "get", "own/folder/report.txt", "--force", "--range", "3-")
    assert (tmp_path / "report.txt").read_bytes() == b"tent"
    assert not list(tmp_path.glob("*.part"))
    refused = admin.run("object", "get", "own/folder/report.txt", "-o", "-", "--range", "7-")
    assert refused.code == 2 and "has 7 bytes, and none of 7-" in refused.err


def test_lists_are_of_the_stores_prefix_unless_another_is_named(admin, tmp_path):
    (tmp_path / "source").write_bytes(b"content")
    for key in ["own/a", "own/b/c", "other/d"]:
        admin.ok("object", "put", "source", key)

    def keys(*words):
        return [entry.get("key", entry.get("prefix")) for entry in lines(admin.ok("object", "list", "--json", *words))]

    assert keys() == ["own/a", "own/b/c"]
    assert sorted(keys("--folders")) == ["own/a", "own/b/"]
    assert keys("--prefix", "other/") == ["other/d"]
    assert keys("--prefix", "") == ["other/d", "own/a", "own/b/c"]
    admin.ok("object", "delete", "own/a", "own/b/c")
    assert keys("--prefix", "") == ["other/d"]


def test_an_object_that_is_there_can_be_kept(admin, store, tmp_path):
    (tmp_path / "first").write_bytes(b"first")
    (tmp_path / "second").write_bytes(b"second")
    first = admin.run("object", "put", "first", "own/a", "--keep")
    if store.lacks("conditions"):
        # Refused, or not looked at: `check` says that it has none.
        assert first.code == 0 or "NotImplemented" in first.err, first
        return
    assert first.code == 0, first
    assert admin.run("object", "put", "second", "own/a", "--keep").code == 8
    assert admin.ok("object", "get", "own/a", "-o", "-").out == b"first"
    admin.ok("object", "put", "second", "own/a")
    assert admin.ok("object", "get", "own/a", "-o", "-").out == b"second"


def test_buckets_are_made_listed_and_deleted(admin, tmp_path):
    assert admin.bucket in admin.ok("bucket", "list").text.splitlines()
    admin.ok("bucket", "create", "another-bucket")
    admin.ok("bucket", "create", "another-bucket")  # that it is there already is no failure
    assert {"bucket": "another-bucket"} in lines(admin.ok("bucket", "list", "--json"))
    admin.ok("bucket", "head", "another-bucket")
    admin.ok("bucket", "delete", "another-bucket")
    assert admin.run("bucket", "head", "another-bucket").code == 3
    assert admin.run("bucket", "delete", "another-bucket").code == 3
    (tmp_path / "source").write_bytes(b"content")
    admin.ok("object", "put", "source", "own/a")
    assert admin.run("bucket", "delete").code == 8, "it is not empty"


def test_open_multipart_uploads_are_shown_and_aborted(admin, store):
    key = "own/ü +%"
    path = f"/{admin.bucket}/{urllib.parse.quote(key)}"
    answer = call(store, "POST", path, "uploads=")
    upload = answer.split("<UploadId>")[1].split("</UploadId>")[0]
    call(store, "PUT", path, f"partNumber=3&uploadId={urllib.parse.quote(upload, safe='')}", b"content")

    listed = lines(admin.ok("multipart", "list", "--json"))
    assert [(entry["key"], entry["upload_id"]) for entry in listed] == [(key, upload)] and listed[0]["initiated"]
    assert admin.ok("multipart", "list").text.endswith(f"  {upload}  {key}\n")
    assert admin.ok("multipart", "list", "--prefix", "other/").text == ""
    parts = lines(admin.ok("multipart", "parts", key, upload, "--json"))
    assert [(part["part_number"], part["size"]) for part in parts] == [(3, 7)]
    assert admin.ok("multipart", "parts", key, upload).text.startswith("3  7  ")
    admin.ok("multipart", "abort", key, upload)
    assert admin.run("multipart", "parts", key, upload).code == 3
    assert admin.ok("multipart", "list").text == ""


def test_a_policy_is_kept(admin, store, tmp_path):
    if store.lacks("policy"):
        assert admin.run("policy", "get").code == 1
        return
    assert admin.run("policy", "get").code == 3
    policy = {"Version": "2012-10-17",
              "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"],
                             "Resource": [f"arn:aws:s3:::{admin.bucket}/public/*"]}]}
    (tmp_path / "policy.json").write_text(json.dumps(policy))
    admin.ok("policy", "set", "policy.json")
    assert json.loads(admin.ok("policy", "get").out)["Statement"][0]["Effect"] == "Allow"


@pytest.mark.parametrize("what, words, member, value", [
    ("cors", ["--origin", "https://a.example"], "origins", ["https://a.example"]),
    ("lifecycle", ["--abort-after-days", "9"], "abort_incomplete_after_days", 9)])
def test_a_configuration_is_kept_or_refused(admin, store, what, words, member, value):
    outcome = admin.run(what, "set", *words)
    if store.lacks(what):
        assert outcome.code == 1 and outcome.err.startswith("slipway: set the "), outcome
        return
    assert outcome.code == 0, outcome
    assert lines(admin.ok(what, "get", "--json"))[0][member] == value
    admin.ok(what, "set", *words)  # known again as slipway's


def test_the_probe_tells_what_the_store_can_do(admin, store):
    found = lines(admin.ok("check", "--json"))[0]
    assert found["store"] == "main" and found["capabilities"]["smallest_part"] == (1 if store.lacks("part size") else 5 << 20)
    assert found["capabilities"]["replays_complete"] == (store.name in {"versitygw", "swift", "ceph"})
    table = admin.ok("check").text
    assert f"bucket                {admin.bucket}\n" in table and f"conditional_put       {'no ' if store.lacks('conditions') else 'yes'}  " in table
    assert admin.ok("object", "list", "--prefix", "").text == "", "nothing is left of it"


@pytest.mark.parametrize("words", [
    ("check", "--store", "other"), ("object", "get", "key", "--range", "5"), ("object", "get"), ("cors", "set"),
    ("cors", "set", "--origin", "www.example.org"), ("lifecycle", "set", "--abort-after-days", "0"), ("bucket",), ()])
def test_what_is_wrong_is_said_before_any_call(tmp_path, words):
    outcome = Admin(tmp_path).run(*words)
    assert outcome.code == 2 and outcome.err, outcome


def test_keys_may_be_in_a_file(admin, tmp_path):
    (tmp_path / "keys").write_text(f"[main]\naws_access_key_id = {admin.access_key}\n"
                                   f"aws_secret_access_key = {admin.secret_key}\n")
    admin.config.write_text(admin.config.read_text() + f"credentials_file = '{tmp_path}/keys'\n")
    done = subprocess.run(["env", "-u", "SLIPWAY_STORE_MAIN_ACCESS_KEY_ID", BIN_DIR / "slipway", "admin", "store", "--config",
                           admin.config, "bucket", "head"], capture_output=True)
    assert done.returncode == 0, done.stderr
