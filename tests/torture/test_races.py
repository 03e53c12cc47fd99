"""Racing Complete, Abort, part PUT, expiry and kill -9: for every upload there is one order of calls that explains all
answers, and what is there in the end is what that order leaves.
"""

import pytest

from harness.daemon import Daemon
from harness.digests import chain

from rig.race import CLIENTS, Race, RacedUpload
from rig.shims import MovableClock, lying_disk
from rig.tier import count, seeded

FAULTS = ("nothing", "expiry", "kill", "expiry")


@pytest.fixture
def make_daemon(tmp_path):
    made = []

    def make(env: dict[str, str]) -> Daemon:
        made.append(Daemon(tmp_path / "data", tmp_path / "server.log", env=env,
                           args=["--log.level", "warn", "--uploads.sweep_interval", "100ms"]))
        made[-1].data_dir.mkdir()
        return made[-1].start()

    yield make
    for daemon in made:
        daemon.abandon()


def test_races(tmp_path, totals, make_daemon):
    rounds = count("races")
    rng = seeded("races")
    clock = MovableClock(tmp_path)
    daemon = make_daemon(clock.env)
    for turn in range(1, rounds + 1):
        race = Race(daemon, rng)
        what = FAULTS[turn % len(FAULTS)]
        meanwhile = {"nothing": None, "expiry": lambda: expire(race, clock), "kill": lambda: kill(race)}
        race.run(meanwhile[what])
        judge(race)
        totals.add(rounds=1, uploads=len(race.uploads), **{f"with_{what}": 1})
        for upload in race.uploads:
            totals.add(calls=len(upload.calls))
            for call in upload.calls:
                totals.add(**{name_of(call): 1})
        totals.progress(turn, rounds)
    daemon.close()
    assert totals["with_expiry"] and totals["with_kill"] and totals["unanswered"], "no fault fired"
    for outcome in ("put_stored", "put_already_stored", "put_part_conflict", "put_superseded", "put_upload_complete",
                    "complete_200", "complete_upload_aborted", "complete_upload_expired", "abort_204",
                    "abort_upload_complete"):
        assert totals[outcome], f"no race ended in {outcome}: {totals}"


def test_a_server_that_forgets_is_noticed(tmp_path, make_daemon):
    """Its catalog's log is never written: what was told before the kill is untold after it."""
    rng = seeded("forgetful")
    race = Race(make_daemon(lying_disk(tmp_path, "log_writes")), rng)
    race.run(lambda: kill(race))
    with pytest.raises(AssertionError, match="no order of these calls|not complete"):
        judge(race)


def name_of(call) -> str:
    if call.answer is None:
        return "unanswered"
    status, detail = call.answer
    return f"{call.name}_{detail if isinstance(detail, str) and len(detail) in range(1, 20) else status}"


def expire(race: Race, clock: MovableClock) -> None:
    race.wait_for_turn()
    race.time_passes(lambda: clock.forward(61))


def kill(race: Race) -> None:
    race.wait_for_turn()
    race.daemon.kill()
    race.daemon.start()


def judge(race: Race) -> None:
    """Looks once more, asks for Complete again, reads the file; and then there must be an order."""
    for upload in race.uploads:
        last = race.look(upload, CLIENTS)
        again = race.complete(upload, CLIENTS, race.rng)
        race.count(upload, CLIENTS)
        if again.status == 200:
            judge_file(race, upload, last.json(), again.json())
        else:
            missing = race.daemon.client.get(f"/files/{upload.id}")
            assert missing.status == 404, f"{upload.id} is not complete and has a file: {missing}"
        assert upload.linearizable(), f"no order of these calls explains their answers:\n{upload.told()}"


def judge_file(race: Race, upload: RacedUpload, last, answer) -> None:
    """The bytes are those of the parts that were acknowledged, each whole and from one client."""
    digests = [part["sha256"] for part in race.daemon.client.get(f"/files/{upload.id}/parts").json()["parts"]]
    assert last["state"] != "complete" or digests == [part["sha256"] for part in last["parts"]]
    assert answer["chain"] == chain(digests), upload.told()
    reply = race.daemon.client.get(f"/files/{upload.id}")
    assert reply.status == 200 and reply.body == b"".join(upload.by_digest[digest] for digest in digests), upload.told()
    stored = {call.arguments for call in upload.calls if call.answer in ((200, "stored"), (200, "already_stored"))}
    assert stored <= set(enumerate(digests, 1)), f"a part was acknowledged and another is served:\n{upload.told()}"
