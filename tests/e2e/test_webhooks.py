"""Events as their receivers see them: every one at least once, in order for each upload, signed, and none of what did
not happen; whatever becomes of the receiver and of the server."""

import base64
import json
import os
import threading
import time

import pytest

from harness.cli import Cli
from harness.daemon import patience
from harness.receiver import Receiver
from harness.tls import Authority
from harness.uploads import KIB, Upload

DATA = os.urandom(10 * KIB)


@pytest.fixture
def serve(start_server):
    """serve(receiver, …) starts a server that tells the receiver of everything."""
    def start(receiver, *args, events=""):
        settings = {"--webhooks.endpoints": f"test {receiver.url} {events}".strip(), "--webhooks.allow_http": "true",
                    "--webhooks.allow_private": "true", "--webhooks.backoff": "100ms", "--webhooks.backoff_max": "300ms"}
        settings |= dict(zip(args[::2], args[1::2], strict=True))
        return start_server(args=[word for pair in settings.items() for word in pair],
                            env={"SLIPWAY_WEBHOOKS_SECRETS": receiver.secret})
    return start


def complete(upload):
    reply = upload.put_all().client.post(f"/upload/{upload.id}/complete")
    assert reply.status == 200, reply
    return reply.json()


def of(messages, upload):
    return [(m.kind, m.sequence) for m in messages if m.subject == upload.id]


def test_the_life_of_a_file(serve):
    with Receiver() as receiver:
        server = serve(receiver)
        upload = Upload(server.client, DATA, metadata={"album": "2026"}, content_type="text/x")
        file = complete(upload)
        assert server.client.delete(f"/files/{upload.id}").status in (200, 204)
        messages = receiver.wait_for(3)
        assert of(messages, upload) == [("upload.created", 1), ("upload.completed", 2), ("file.deleted", 3)]
        assert len({m.id for m in messages}) == 3 and all(m.signed for m in messages)
        completed = messages[1]
        assert completed.headers["content-type"] == "application/cloudevents+json"
        assert completed.headers["webhook-id"] == completed.id
        assert abs(int(completed.headers["webhook-timestamp"]) - time.time()) < 60
        assert completed.body["specversion"] == "1.0" and completed.body["source"] == "/slipway"
        assert completed.body["type"] == "slipway.upload.completed"
        data = completed.body["data"]
        assert data["file_id"] == data["upload_id"] == upload.id
        assert data["size"] == len(DATA) and data["chain"] == file["chain"] == upload.chain
        assert data["metadata"] == {"album": "2026"} and data["content_type"] == "text/x"
        # Nothing comes twice when nothing went wrong.
        assert len(receiver.messages) == 3
        metrics = server.metrics()
        assert metrics['slipway_webhook_deliveries_total{outcome="delivered"}'] == 3
        assert metrics["slipway_outbox_events"] == 0


def test_a_trace_goes_on(serve):
    with Receiver() as receiver:
        server = serve(receiver)
        trace = "0af7651916cd43dd8448eb211c80319c"
        body = {"file_name": "a", "total_parts": 1, "chunk_size": 4096}
        reply = server.client.request("POST", "/upload/init", body,
                                      {"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
        assert reply.status == 200
        message, = receiver.wait_for(1)
        assert message.headers["traceparent"].split("-")[1] == trace == message.body["traceparent"].split("-")[1]


def test_an_abort_and_an_endpoint_that_wants_only_some(serve):
    with Receiver() as receiver:
        server = serve(receiver, events="upload.failed")
        upload = Upload(server.client, DATA)
        assert server.client.delete(f"/upload/{upload.id}").status == 204
        message, = receiver.wait_for(1)
        assert (message.kind, message.sequence) == ("upload.failed", 2)
        assert message.body["data"]["reason"] == "aborted"
        assert len(receiver.messages) == 1


def test_a_completion_that_is_given_up(serve):
    with Receiver() as receiver:
        server = serve(receiver)
        upload = Upload(server.client, DATA, complete_when_full=True, sha256="0" * 64).put_all()
        messages = receiver.wait_for(2)
        assert of(messages, upload) == [("upload.created", 1), ("upload.failed", 2)]
        status = server.client.get(f"/upload/{upload.id}").json()
        assert status["completion"] == {"state": "failed", "detail": messages[1].body["data"]["reason"]}
        assert server.client.delete(f"/upload/{upload.id}").status == 204
        assert of(receiver.wait_for(3), upload)[2] == ("upload.failed", 3)
        assert server.client.get(f"/upload/{upload.id}").json()["completion"]["state"] == "failed"


def test_an_order_that_holds_while_the_receiver_fails(serve):
    """Each event fails twice; the next one of its upload is not tried before it got through."""
    tries = {}

    def answer(_, event):
        tries[event["id"]] = tries.get(event["id"], 0) + 1
        return 204 if tries[event["id"]] > 2 else (500, 0, 302)[tries[event["id"]] % 3]

    with Receiver(answer) as receiver:
        server = serve(receiver)
        uploads = [Upload(server.client, DATA) for _ in range(5)]
        for upload in uploads:
            complete(upload)
        receiver.wait_for(10, 40)
        for upload in uploads:
            seen = [(m.sequence, 200 <= m.status < 300) for m in receiver.messages if m.subject == upload.id]
            assert seen == [(1, False), (1, False), (1, True), (2, False), (2, False), (2, True)]
        assert all(m.signed for m in receiver.messages)
        metrics = server.metrics()
        assert metrics['slipway_webhook_deliveries_total{outcome="failed"}'] == 20


def test_redirects_are_not_followed(serve):
    with Receiver() as other:
        with Receiver(lambda *_: (307, {"Location": other.url})) as receiver:
            server = serve(receiver)
            Upload(server.client, DATA)
            receiver.wait_for_messages(2)
        assert other.messages == []


def test_retry_after_is_waited_for(serve):
    with Receiver(lambda number, _: (503, {"Retry-After": "2"}) if number == 0 else 204) as receiver:
        server = serve(receiver)
        Upload(server.client, DATA)
        receiver.wait_for(1)
        first, second = receiver.messages
        assert second.at - first.at >= 1.9


def test_a_receiver_that_hangs_is_left_after_the_timeout(serve):
    def answer(number, _):
        if number == 0:
            left.wait(patience(30))
        return 204

    left = threading.Event()
    with Receiver(answer) as receiver:
        server = serve(receiver, "--webhooks.timeout", "2s")
        Upload(server.client, DATA)
        receiver.wait_for_messages(2)
        first, second = receiver.messages[:2]
        left.set()
        assert first.id == second.id and second.at - first.at >= 1


def test_a_receiver_that_is_away(serve):
    receiver = Receiver().start()
    server = serve(receiver)
    receiver.stop()
    upload = Upload(server.client, DATA)
    complete(upload)
    time.sleep(1)
    with receiver:
        assert of(receiver.wait_for(2), upload) == [("upload.created", 1), ("upload.completed", 2)]


@pytest.mark.parametrize("seconds", [0, 0.03, 0.2])
def test_a_kill_between_commit_and_delivery(serve, seconds):
    """Every event of what was answered comes, in order, and none of what did not happen."""
    receiver = Receiver().start()
    server = serve(receiver)
    receiver.stop()
    done = []
    for _ in range(6):
        upload = Upload(server.client, DATA)
        done.append(upload)
        complete(upload)
    server.client.delete(f"/files/{done[0].id}")
    time.sleep(seconds)
    server.kill()
    with receiver:
        server.start()
        receiver.wait_for(13, 40)
        time.sleep(0.5)
        for upload in done:
            expected = [("upload.created", 1), ("upload.completed", 2)]
            expected += [("file.deleted", 3)] if upload is done[0] else []
            assert of(receiver.delivered(), upload) == expected
        assert {m.subject for m in receiver.messages} == {upload.id for upload in done}
        assert all(m.signed for m in receiver.messages)


def test_kills_while_events_flow(serve, rng):
    """The server is killed again and again while it works and delivers; the receiver fails now and then."""
    with Receiver(lambda number, _: 503 if number % 5 == 4 else 204) as receiver:
        server = serve(receiver)
        told = {}
        for _ in range(4):
            deadline = time.monotonic() + rng.uniform(0.2, 0.8)
            while time.monotonic() < deadline:
                upload = Upload(server.client, DATA[:100])
                told[upload.id] = 1
                complete(upload)
                told[upload.id] = 2
            server.kill()
            server.start()
        receiver.wait_for(sum(told.values()), 60)
        time.sleep(0.5)
        for id, count in told.items():
            sequences = [m.sequence for m in receiver.delivered() if m.subject == id]
            assert sequences == list(range(1, count + 1))
        # What the server never answered for may have happened; then it is told of in order as well.
        for m in receiver.delivered():
            assert m.subject in told or m.kind in ("upload.created", "upload.completed")


def test_https(serve, tmp_path):
    authority = Authority(tmp_path)
    with Receiver(context=authority.context()) as receiver:
        server = serve(receiver, "--webhooks.ca", str(authority.file), "--webhooks.allow_http", "false")
        Upload(server.client, DATA)
        message, = receiver.wait_for(1)
        assert message.signed


def test_a_receiver_that_is_not_trusted_is_sent_nothing(serve, tmp_path):
    with Receiver(context=Authority(tmp_path, "other").context()) as receiver:
        server = serve(receiver, "--webhooks.ca", str(Authority(tmp_path).file), "--webhooks.max_attempts", "1")
        Upload(server.client, DATA)
        letter = wait_for_letters(server, 1)[0]
        assert "not signed by a known authority" in letter["last_error"]
        assert receiver.messages == []


def test_private_addresses_are_not_reached_unless_allowed(serve):
    with Receiver() as receiver:
        server = serve(receiver, "--webhooks.allow_private", "false", "--webhooks.max_attempts", "1")
        Upload(server.client, DATA)
        assert "not a public address" in wait_for_letters(server, 1)[0]["last_error"]
        assert receiver.messages == []


def letters_of(server):
    reply = server.client.get("/admin/dead-letters")
    assert reply.status == 200, reply
    return reply.json()["dead_letters"]


def wait_for_letters(server, count):
    deadline = time.monotonic() + patience(20)
    while len(letters_of(server)) != count:
        assert time.monotonic() < deadline, letters_of(server)
        time.sleep(0.05)
    return letters_of(server)


def test_dead_letters_are_listed_and_tried_again(serve, tmp_path):
    gone = True
    with Receiver(lambda *_: 410 if gone else 204) as receiver:
        server = serve(receiver)
        upload = Upload(server.client, DATA)
        letter, = wait_for_letters(server, 1)
        assert letter["kind"] == "webhook" and letter["endpoint"] == "test" and letter["attempts"] == 1
        assert "410" in letter["last_error"] and letter["event_id"] == receiver.messages[0].id
        # The next event does not wait for a dead one.
        gone = False
        complete(upload)
        assert of(receiver.wait_for(1), upload) == [("upload.completed", 2)]
        assert len(letters_of(server)) == 1
        cli = Cli(tmp_path, server.url, server.key)
        listed = json.loads(cli.ok("admin", "dead-letter", "list", "--json").out)
        assert listed["id"] == letter["id"]
        cli.ok("admin", "dead-letter", "retry", letter["id"])
        receiver.wait_for(2)
        wait_for_letters(server, 0)
        assert receiver.delivered()[-1].id == letter["event_id"]
        assert server.metrics()['slipway_webhook_deliveries_total{outcome="dead"}'] == 1


def test_attempts_are_bounded_and_all_dead_letters_can_be_tried_again(serve, tmp_path):
    broken = True
    with Receiver(lambda *_: 500 if broken else 204) as receiver:
        server = serve(receiver, "--webhooks.max_attempts", "2")
        uploads = [Upload(server.client, DATA) for _ in range(3)]
        assert {letter["attempts"] for letter in wait_for_letters(server, 3)} == {2}
        assert len(receiver.messages) == 6
        page = server.client.get("/admin/dead-letters?limit=2").json()
        rest = server.client.get(f"/admin/dead-letters?limit=2&after={page['next']}").json()
        assert len(page["dead_letters"]) == 2 and len(rest["dead_letters"]) == 1 and "next" not in rest
        broken = False
        outcome = Cli(tmp_path, server.url, server.key).ok("admin", "dead-letter", "retry", "--all")
        assert b"3 tried again" in outcome.out
        receiver.wait_for(3)
        wait_for_letters(server, 0)
        assert {m.subject for m in receiver.delivered()} == {upload.id for upload in uploads}


def test_calls_on_dead_letters_that_cannot_be(api):
    for target in ("/admin/dead-letters?limit=0", "/admin/dead-letters?after=x", "/admin/dead-letters?other=1"):
        assert api.get(target).status == 400, target
    for id in ("0" * 32, "xyz"):
        reply = api.post(f"/admin/dead-letters/{id}/retry")
        assert (reply.status, reply.error) == (404, "dead_letter_not_found")
    assert api.post("/admin/dead-letters/retry").json() == {"retried": 0}
    assert api.request("GET", "/admin/dead-letters", auth=False).status == 401


@pytest.mark.parametrize("args, env, said", [
    (["--webhooks.endpoints", "a"], {}, "webhooks.endpoints"),
    (["--webhooks.endpoints", "a http://a.example/"], {}, "webhooks.allow_http"),
    (["--webhooks.endpoints", "a https://a.example/ upload.gone"], {}, "upload.gone"),
    (["--webhooks.endpoints", "a https://a.example/"], {}, "webhooks.secret_file"),
    (["--webhooks.endpoints", "a https://a.example/"], {"SLIPWAY_WEBHOOKS_SECRETS": "short"}, "24 to 64 bytes"),
    (["--webhooks.allow_private", "yes"], {}, "true or false"),
    (["--webhooks.backoff", "2h", "--webhooks.backoff_max", "1h"], {}, "webhooks.backoff"),
])
def test_a_configuration_that_cannot_work(start_server, args, env, said):
    server = start_server(args=args, env=env, wait=False)
    server.process = server.spawn()
    assert server.wait_for_end(10) != 0
    assert said in server.log_tail()


def test_a_stop_does_not_wait_for_a_receiver(serve):
    def hang(*_):
        stopped.wait(patience(60))
        return 204

    stopped = threading.Event()
    with Receiver(hang) as receiver:
        server = serve(receiver, "--webhooks.timeout", "60s")
        Upload(server.client, DATA)
        receiver.wait_for_messages(1)
        assert server.terminate() == 0
        stopped.set()


def test_secrets_are_nowhere_to_be_seen(serve, start_server):
    with Receiver() as receiver:
        server = serve(receiver)
        Upload(server.client, DATA)
        receiver.wait_for(1)
        assert receiver.secret not in server.log_path.read_text()
        assert base64.b64decode(receiver.secret.removeprefix("whsec_")) not in server.log_path.read_bytes()
