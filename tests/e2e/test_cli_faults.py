"""The command line client on a bad way: lost answers, busy servers, expired URLs, garbled bytes, stalls."""

import json
import os
import re
import subprocess
import time

import pytest

from harness.cli import Cli, Outcome
from harness.daemon import patience
from harness.faulty_proxy import FaultyProxy, Garble, Hold, LoseAnswer, Refuse

CHUNK = 64 << 10
PART = r"PUT /upload/[0-9a-f]{32}/part/"


@pytest.fixture
def proxy(shared_server):
    with FaultyProxy(shared_server.host, shared_server.port) as way:
        yield way


@pytest.fixture
def cli(shared_server, proxy, tmp_path):
    return Cli(tmp_path, proxy.url, shared_server.key)


@pytest.fixture
def source(cli):
    path = cli.directory / "a.bin"
    path.write_bytes(os.urandom(6 * CHUNK + 1))
    return path


def flip(position):
    def garble(data):
        return data[:position] + bytes([data[position] ^ 1]) + data[position + 1:] if len(data) > position else data
    return garble


def put_and_compare(cli, path, *arguments):
    outcome = cli.ok("put", path, "--chunk-size", CHUNK, *arguments)
    assert cli.ok("get", outcome.one("completed")["file_id"], "-o", "-").out == path.read_bytes()
    return outcome


@pytest.mark.parametrize("call", [r"POST /upload/init", PART, r"POST /upload/[0-9a-f]{32}/complete"])
def test_an_answer_that_is_lost(cli, proxy, source, call):
    fault = proxy.add(LoseAnswer(call, times=2))
    outcome = put_and_compare(cli, source)
    # On a connection that was used before, the first repetition is the transport's own.
    assert fault.hits == 2 and 1 <= len(outcome.all("retry")) <= 2


def test_the_answer_to_a_deletion_is_lost(cli, proxy, source):
    file = cli.put(source)["file_id"]
    fault = proxy.add(LoseAnswer(r"DELETE /files/"))
    cli.ok("rm", file)
    assert fault.hits == 1
    assert cli.run("rm", file).code == 3


@pytest.mark.parametrize("status, error", [(503, "busy"), (503, "draining"), (429, "rate_limited"), (500, "internal"),
                                           (502, ""), (504, ""), (408, "request_timeout"), (409, "superseded")])
def test_a_server_that_cannot_just_now(cli, proxy, source, status, error):
    fault = proxy.add(Refuse(PART, status, error, times=3))
    outcome = put_and_compare(cli, source)
    assert fault.hits == 3 and len(outcome.all("retry")) == 3
    assert all(str(status) in event["error"] for event in outcome.all("retry"))


def test_what_the_server_asks_for_is_waited(cli, proxy, source):
    proxy.add(Refuse(PART, 503, "busy", {"Retry-After": "2"}))
    begin = time.monotonic()
    outcome = put_and_compare(cli, source)
    assert time.monotonic() - begin >= 2
    assert outcome.one("retry")["delay_ms"] >= 2000


def test_another_completion_is_at_work(cli, proxy, source):
    fault = proxy.add(Refuse(r"POST .*/complete", 409, "superseded", {"Retry-After": "0"}, times=2))
    put_and_compare(cli, source)
    assert fault.hits == 2


@pytest.mark.parametrize("status, error, code", [(507, "insufficient_storage", 1), (413, "body_too_large", 1),
                                                 (409, "part_conflict", 8), (501, "", 1)])
def test_what_will_not_change_is_not_tried_again(cli, proxy, source, status, error, code):
    fault = proxy.add(Refuse(PART, status, error, times=100))
    outcome = cli.run("put", source, "--parallel", 1, "--chunk-size", CHUNK)
    assert outcome.code == code and fault.hits == 1, outcome
    assert error in outcome.err and str(status) in outcome.err


def test_attempts_are_bounded(cli, proxy, source):
    fault = proxy.add(Refuse(PART, 500, "storage_failed", times=1000))
    outcome = cli.run("put", source, "--parallel", 1, "--chunk-size", CHUNK, "--retries", 2)
    assert outcome.code == 7 and fault.hits == 3 and "storage_failed" in outcome.err


def test_the_wait_for_a_busy_server_is_bounded(cli, proxy, source):
    fault = proxy.add(Refuse(r".*", 503, "busy", {"Retry-After": "3600"}, times=1000))
    begin = time.monotonic()
    outcome = cli.run("put", source, "--max-wait", "2s")
    assert outcome.code == 7 and fault.hits == 1 and time.monotonic() - begin < patience(60)


@pytest.mark.parametrize("error", ["url_expired", "url_revoked", "invalid_signature"])
def test_a_url_that_is_no_longer_good_is_replaced(cli, proxy, source, error):
    fault = proxy.add(Refuse(PART, 403, error, times=4))
    put_and_compare(cli, source)
    assert fault.hits == 4
    assert sum("/part?part_number=" in line for line in proxy.requests) == 4


def test_urls_that_are_revoked_in_the_middle_are_replaced(cli, proxy, source, shared_server):
    held = proxy.add(Hold(PART, skip=2))
    run = cli.start("put", source, "--chunk-size", CHUNK, "--parallel", 1)
    assert held.reached.wait(patience(30))
    upload = next(line for line in proxy.requests if re.match(PART, line)).split("/")[2]
    reply = shared_server.client.post(f"/upload/{upload}/revoke-urls")
    assert reply.status == 200, reply
    held.release.set()
    out, err = run.communicate(timeout=patience(60))
    outcome = Outcome(run.returncode, out, err)
    assert outcome.code == 0, outcome
    assert cli.ok("get", outcome.one("completed")["file_id"], "-o", "-").out == source.read_bytes()
    assert sum("/part?part_number=" in line for line in proxy.requests) == 5
    assert sum(bool(re.match(PART, line)) for line in proxy.requests) >= 7 + 5


def test_an_interrupted_upload_is_resumed_after_its_urls_were_revoked(cli, proxy, source, shared_server):
    held = proxy.add(Hold(PART, skip=2))
    run = cli.start("put", source, "--chunk-size", CHUNK, "--parallel", 1)
    assert held.reached.wait(patience(30))
    run.kill()
    run.communicate(timeout=patience(20))
    upload = next(line for line in proxy.requests if re.match(PART, line)).split("/")[2]
    assert shared_server.client.post(f"/upload/{upload}/revoke-urls").status == 200
    held.release.set()
    outcome = put_and_compare(cli, source)
    assert outcome.one("resumed")["id"] == upload


def test_a_url_that_is_never_good_is_given_up(cli, proxy, source):
    proxy.add(Refuse(PART, 403, "invalid_signature", times=1000))
    assert cli.run("put", source).code == 4


def test_a_part_that_is_garbled_is_sent_again(cli, proxy, source):
    fault = proxy.add(Garble(PART, request=flip(77), times=2))
    put_and_compare(cli, source)
    assert fault.hits == 2


def test_parts_that_are_always_garbled(cli, proxy, source):
    proxy.add(Garble(PART, request=flip(77), times=1000))
    outcome = cli.run("put", source)
    assert outcome.code == 6 and "checksum_mismatch" in outcome.err


def test_parts_of_standard_input_are_sent_again_from_memory(cli, proxy):
    lost = proxy.add(LoseAnswer(PART, skip=1))
    busy = proxy.add(Refuse(PART, 503, "busy", skip=4))
    garbled = proxy.add(Garble(PART, request=flip(77), skip=3))
    expired = proxy.add(Refuse(PART, 403, "url_expired", skip=4))
    data = os.urandom(6 * CHUNK + 1)
    done = cli.put("-", "--chunk-size", CHUNK, input=data)
    assert [fault.hits for fault in (lost, busy, garbled, expired)] == [1, 1, 1, 1]
    assert cli.ok("get", done["file_id"], "-o", "-").out == data


def test_what_fails_for_good_ends_the_upload_of_standard_input(cli, proxy):
    """At once, although whoever writes into the pipe has not come to an end."""
    proxy.add(Refuse(PART, 507, "insufficient_storage", skip=2))
    process = cli.start("put", "-", "--chunk-size", CHUNK, stdin=subprocess.PIPE)
    process.stdin.write(os.urandom(3 * CHUNK))
    process.stdin.flush()
    assert process.wait(patience(30)) != 0
    begun = json.loads(process.stdout.readline())
    assert b"the upload was ended" in process.stderr.read()
    assert json.loads(cli.ok("status", begun["id"], "--json").out)["state"] == "aborted"


def test_an_acknowledgement_of_other_bytes_is_no_acknowledgement(cli, proxy, source):
    proxy.add(Garble(PART, answer=lambda data: data.replace(b'"sha256":"', b'"sha256":"0000')[:len(data)]))
    outcome = cli.run("put", source)
    assert outcome.code in (1, 6) and not outcome.all("completed")


def test_a_completion_with_another_chain_is_an_error(cli, proxy, source):
    def other_chain(data):
        at = data.index(b'"chain":"') + 9
        return data[:at] + (b"0" if data[at:at + 1] != b"0" else b"1") + data[at + 1:]
    proxy.add(Garble(r"POST .*/complete", answer=other_chain))
    outcome = cli.run("put", source)
    assert outcome.code == 6 and not outcome.all("completed")


def test_an_upload_that_ends_under_our_hands_begins_anew(cli, proxy, source):
    fault = proxy.add(Refuse(PART, 410, "upload_expired", skip=2))
    outcome = cli.ok("put", source, "--parallel", 1, "--chunk-size", CHUNK)
    assert fault.hits == 1 and len({event["id"] for event in outcome.all("started")}) == 2
    assert cli.ok("get", outcome.one("completed")["file_id"], "-o", "-").out == source.read_bytes()


def test_parts_that_the_server_lost_are_sent_again(cli, proxy, source):
    fault = proxy.add(Refuse(r"POST .*/complete", 409, "parts_mismatch"))
    put_and_compare(cli, source)
    assert fault.hits == 1 and any(line.startswith("GET /upload/chunks") for line in proxy.requests)


def test_a_stall_is_no_end(cli, proxy, source):
    hold = proxy.add(Hold(PART))
    process = cli.start("put", source, "--chunk-size", CHUNK, "--stall-timeout", "500ms")
    assert hold.reached.wait(patience(20))
    out, err = process.communicate(timeout=patience(30))
    assert process.returncode == 0, (out, err)
    assert b"no progress in time" in out


def test_two_at_the_same_file(cli, proxy, source):
    hold = proxy.add(Hold(PART))
    first = cli.start("put", source)
    assert hold.reached.wait(patience(20))
    second = cli.run("put", source)
    assert second.code == 8 and "another slipway" in second.err
    hold.release.set()
    assert first.wait(patience(30)) == 0


def test_two_at_different_files_share_the_journal(cli, proxy):
    processes = []
    for number in range(4):
        path = cli.directory / f"{number}.bin"
        path.write_bytes(os.urandom(10 * CHUNK))
        processes.append(cli.start("put", path, "--chunk-size", CHUNK))
    for process in processes:
        out, err = process.communicate(timeout=patience(60))
        assert process.returncode == 0, (out, err)


def test_a_download_whose_connection_breaks_goes_on(cli, proxy, source):
    file = cli.put(source, "--chunk-size", CHUNK)["file_id"]
    fault = proxy.add(Garble(r"GET /files/[0-9a-f]{32}$", answer=lambda data: data[:100_000]))
    process = cli.start("get", file, "-o", "copy", "--stall-timeout", "500ms")
    out, err = process.communicate(timeout=patience(30))
    assert process.returncode == 0, (out, err)
    assert fault.hits == 1 and (cli.directory / "copy").read_bytes() == source.read_bytes()
    gets = [line for line in proxy.requests if line.startswith("GET /files/") and not line.endswith("/parts")]
    assert len(gets) == 2


def test_a_download_that_is_garbled_is_fetched_again(cli, proxy, source):
    file = cli.put(source, "--chunk-size", CHUNK)["file_id"]
    fault = proxy.add(Garble(r"GET /files/[0-9a-f]{32}$", answer=flip(3 * CHUNK + 9)))
    cli.ok("get", file, "-o", "copy")
    assert fault.hits == 1 and (cli.directory / "copy").read_bytes() == source.read_bytes()


def test_a_download_that_is_always_garbled_never_appears(cli, proxy, source):
    file = cli.put(source, "--chunk-size", CHUNK)["file_id"]
    proxy.add(Garble(r"GET /files/[0-9a-f]{32}$", answer=flip(9), times=1000))
    outcome = cli.run("get", file, "-o", "copy")
    assert outcome.code == 6 and not (cli.directory / "copy").exists()
    assert cli.run("get", file, "-o", "-").code == 6


def test_two_at_the_same_download(cli, proxy, source):
    file = cli.put(source)["file_id"]
    hold = proxy.add(Hold(r"GET /files/[0-9a-f]{32}$"))
    first = cli.start("get", file, "-o", "copy")
    assert hold.reached.wait(patience(20))
    assert cli.run("get", file, "-o", "copy").code == 8
    hold.release.set()
    assert first.wait(patience(30)) == 0
    assert (cli.directory / "copy").read_bytes() == source.read_bytes()
