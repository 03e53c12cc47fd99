"""What has to be so when a fleet is through: every upload is one file with its bytes, told of once, and no work is left over."""

from collections import Counter

from conftest import wait_until
from fleet import Fleet, Sailing
from harness.receiver import Receiver
from kafka_broker import Event, once, read_events
from whole import Whole

# Of every upload, in this order.
TOLD = ["upload.created", "upload.completed"]


def check(whole: Whole, fleet: Fleet, receiver: Receiver, standing: float) -> None:
    for each in fleet.all:
        check_bytes(fleet, each)
    check_lists(fleet)
    check_webhooks(fleet, receiver)
    check_kafka(whole, fleet)
    check_tasks(whole, standing)


def check_bytes(fleet: Fleet, each: Sailing) -> None:
    assert each.file["size"] == each.size, each.file
    for number in range(1, each.total + 1):
        expected = each.part(number)
        first = (number - 1) * each.chunk
        span = {"Range": f"bytes={first}-{first + len(expected) - 1}"}
        reply = fleet.ask("GET", f"/files/{each.id}", headers=span, wanted=(206,))
        assert reply.body == expected, (each.tag, number, len(reply.body))


def listed(fleet: Fleet, target: str, member: str) -> list[dict]:
    items, after = [], ""
    while True:
        reply = fleet.ask("GET", f"{target}?limit=1000{after}")
        items += reply.json()[member]
        if reply.json()["next"] is None:
            return items
        after = "&after=" + reply.json()["next"]


def check_lists(fleet: Fleet) -> None:
    """Nothing was made twice, and nothing is half there."""
    tags = {each.tag for each in fleet.all}
    files = Counter(file["name"] for file in listed(fleet, "/files", "files"))
    assert {tag: files[tag] for tag in tags} == dict.fromkeys(tags, 1)
    assert not [upload for upload in listed(fleet, "/uploads", "uploads") if upload["file_name"] in tags]


def check_webhooks(fleet: Fleet, receiver: Receiver) -> None:
    """An event may come again, with its id; no fact is told by two."""
    ids = {each.id for each in fleet.all}

    def told() -> Counter:
        return Counter((message.subject, message.kind) for message in receiver.delivered()
                       if message.subject in ids and message.kind.startswith("upload."))

    expected = {(id, kind) for id in ids for kind in TOLD}
    wait_until("every event came", lambda: expected <= set(told()), 120)
    assert told() == Counter(expected)


def check_kafka(whole: Whole, fleet: Fleet) -> None:
    """The same of those who read Kafka, and the events of each upload are in their order there."""
    ids = {each.id for each in fleet.all}

    def told(events: list[Event]) -> dict[str, list[str]]:
        """What came of each upload, without what came again."""
        lives = {id: [] for id in ids}
        for event in once(events):
            if event.key in ids and event.kind.startswith("upload."):
                lives[event.key].append(event.kind)
        return lives

    def is_enough(events: list[Event]) -> bool:
        return all(set(TOLD) <= set(kinds) for kinds in told(events).values())

    events = read_events(whole.member("kafka").url, "slipway.events", is_enough)
    assert told(events) == dict.fromkeys(ids, TOLD)


def tasks(whole: Whole) -> dict[str, float]:
    """How many there are by status, those among them that come again and again."""
    reply = whole.client("node1").get("/metrics")
    assert reply.status == 200, reply
    lines = [line.rsplit(" ", 1) for line in reply.body.decode().splitlines() if line.startswith("slipway_tasks{")]
    return {name.split('"')[1]: float(value) for name, value in lines}


def to_be_done(counts: dict[str, float]) -> float:
    return counts["pending"] + counts["running"] + counts["failed"]


def check_tasks(whole: Whole, standing: float) -> None:
    """Nothing is left to be done but what always is, and nothing was given up."""
    seen = {}

    def is_through() -> bool:
        seen.update(tasks(whole))
        return to_be_done(seen) <= standing

    try:
        wait_until("the queue is empty", is_through, 120)
    except AssertionError:
        raise AssertionError(f"tasks are left over: {seen}, where {standing} always are") from None
    assert seen["dead"] == 0, seen


def remove(fleet: Fleet) -> None:
    """Room for the next ones."""
    for each in fleet.all:
        fleet.ask("DELETE", f"/files/{each.id}", wanted=(204, 404))
