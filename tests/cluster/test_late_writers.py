"""Parts of 5 MiB and more, whose places in the store keep what came last: nobody waits for a server that was writing to one, and
whatever that one still writes, it changes nothing."""

import random

import pytest

from conftest import wait_until
from harness.http import Reply
from harness.uploads import MIB, Upload
from several import CHUNK, completed, ground, pause, resume, seen_from, several

HELD = (1, 3)


def data_of(name: str) -> bytes:
    return random.Random(name).randbytes(4 * CHUNK - 3 * MIB)


class Held:
    """A part that a server has but for its end, and for whose place it has the claim."""

    def __init__(self, upload: Upload, number: int, body: bytes):
        self.rest, self.connection = body[-1000:], upload.client.raw()
        self.connection.send_head("PUT", upload.url(number), content_length=len(body))
        self.connection.send(body[:-1000])

    def end(self) -> Reply:
        with self.connection as connection:
            connection.send(self.rest)
            return connection.read_reply()


def held_back(several, upload: Upload, bodies: dict[int, bytes]) -> list[Held]:
    """These parts at the upload's server, as soon as it has a claim for each."""
    held = [Held(upload, number, body) for number, body in bodies.items()]
    numbers = ",".join(str(number) for number in bodies)
    claims = f"SELECT COUNT(*) FROM part_claims WHERE upload=UNHEX('{upload.id}') AND number IN ({numbers})"
    wait_until("the places are claimed", lambda: several.sql(claims) == str(len(held)))
    return held


def put_at_once(upload: Upload, *numbers: int) -> None:
    """Each by one call."""
    for number in numbers:
        reply = upload.put(number)
        assert (reply.status, reply.json().get("status")) == (200, "stored"), reply


def published(several, upload: Upload) -> None:
    completed(upload)
    assert upload.download().body == upload.data
    assert several.sql(f"SELECT COUNT(*) FROM part_claims WHERE upload=UNHEX('{upload.id}')") == "0"


def test_parts_of_a_server_that_was_killed_are_taken_by_another_at_once(several):
    first, other = several.start(), several.start()
    upload = Upload(first.client, data_of("killed"), CHUNK)
    held = held_back(several, upload, {number: upload.part(number) for number in HELD})
    put_at_once(upload, 2)
    first.kill()
    there = seen_from(upload, other)
    put_at_once(there, *HELD, 4)
    published(several, there)
    for each in held:
        each.connection.close()


@pytest.mark.parametrize("same", [False, True], ids=["other bytes", "the same bytes"])
def test_a_server_that_was_paused_and_goes_on_changes_nothing(several, same):
    first, other = several.start(), several.start()
    upload = Upload(first.client, data_of(f"paused {same}"), CHUNK)
    held = held_back(several, upload, {number: upload.part(number) if same else upload.part(number)[::-1] for number in HELD})
    pause(first)
    there = seen_from(upload, other)
    put_at_once(there, *HELD, 2, 4)
    resume(first)
    for each in held:
        # It has written to the place by then: what it is told is told of the record.
        reply = each.end()
        assert (reply.status, reply.error) == ((200, None) if same else (409, "part_conflict")), reply
    assert there.stored() == {number: upload.digest(number) for number in upload.numbers}
    published(several, there)


def test_a_server_that_goes_on_when_the_file_stands_is_told_so(several):
    first, other = several.start(), several.start()
    upload = Upload(first.client, data_of("stands"), CHUNK)
    held = held_back(several, upload, {number: upload.part(number)[::-1] for number in HELD})
    pause(first)
    there = seen_from(upload, other)
    put_at_once(there, *upload.numbers)
    published(several, there)
    resume(first)
    for each in held:
        assert each.end().error == "upload_complete"
    assert there.download().body == upload.data


def test_who_breaks_off_leaves_the_place_to_the_next(several):
    """So that a client which comes again costs no more than the first time."""
    first, other = several.start(), several.start()
    upload = Upload(first.client, data_of("broken off"), CHUNK)
    for each in held_back(several, upload, {number: upload.part(number) for number in HELD}):
        each.connection.close()
    claims = f"SELECT COUNT(*) FROM part_claims WHERE upload=UNHEX('{upload.id}')"
    wait_until("the places are let go", lambda: several.sql(claims) == "0")
    there = seen_from(upload, other)
    put_at_once(there, *upload.numbers)
    assert several.sql(claims) == str(upload.total_parts)
    published(several, there)
