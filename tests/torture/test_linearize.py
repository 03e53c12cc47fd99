"""The checker of the races itself: it accepts what some order explains and rejects what none does."""

import pytest

from rig.linearize import NEVER, Call, explains
from rig.upload_model import UploadState, step


def history(*calls):
    """Each: name, arguments, invoked, returned, answer. An answer of None never came."""
    return [Call(i, name, arguments, invoked, NEVER if answer is None else returned, answer)
            for i, (name, arguments, invoked, returned, answer) in enumerate(calls)]


def explained(calls, total=1):
    return explains(calls, UploadState(total), step)


A, B = "digest a", "digest b"
STORED, AGAIN, CONFLICT = (200, "stored"), (200, "already_stored"), (409, "part_conflict")
DONE, ABORTED, GONE = (200, "answer"), (204, ""), (410, "upload_aborted")

RIGHT = {
    "one after another": history(("put", (1, A), 0, 1, STORED), ("put", (1, A), 2, 3, AGAIN),
                                 ("put", (1, B), 4, 5, CONFLICT), ("complete", (), 6, 7, DONE)),
    "the later one was first": history(("put", (1, A), 0, 9, CONFLICT), ("put", (1, B), 1, 8, STORED)),
    "complete overtakes a look": history(("put", (1, A), 0, 1, STORED), ("look", (), 2, 9, (200, ("open", (1,)))),
                                         ("complete", (), 3, 4, DONE)),
    "abort and complete at once": history(("put", (1, A), 0, 1, STORED), ("complete", (), 2, 9, GONE),
                                          ("abort", (), 3, 8, ABORTED)),
    "an unanswered put was stored": history(("put", (1, A), 0, 1, None), ("put", (1, B), 5, 6, CONFLICT)),
    "an unanswered put was stored late": history(("put", (1, A), 0, 1, None), ("look", (), 2, 3, (200, ("open", ()))),
                                                 ("look", (), 4, 5, (200, ("open", (1,))))),
    "an unanswered put never was": history(("put", (1, A), 0, 1, None), ("put", (1, B), 5, 6, STORED)),
    "complete twice": history(
        ("put", (1, A), 0, 1, STORED), ("complete", (), 2, 5, DONE), ("complete", (), 3, 6, DONE)),
    "missing is told": history(("complete", (), 0, 1, (409, ((1, "missing"),))), ("put", (1, A), 2, 3, STORED)),
    "a stated digest differs": history(
        ("put", (1, A), 0, 1, STORED), ("complete", ((1, B),), 2, 3, (409, ((1, "mismatch"),)))),
    "time ends it": history(("put", (1, A), 0, 1, STORED), ("time passes", (), 2, 3, (200, "")),
                            ("complete", (), 4, 5, (410, "upload_expired")), ("abort", (), 6, 7, ABORTED),
                            ("count", (), 8, 9, (200, ("expired", 1)))),
    "complete began in time": history(
        ("put", (1, A), 0, 1, STORED), ("complete", (), 2, 9, DONE), ("time passes", (), 3, 4, (200, "")),
        ("count", (), 5, 6, (200, ("expired", 1))), ("count", (), 10, 11, (200, ("complete", 1)))),
    "abort began in time": history(
        ("abort", (), 2, 9, ABORTED), ("time passes", (), 3, 4, (200, "")),
        ("count", (), 5, 6, (200, ("expired", 0))), ("count", (), 10, 11, (200, ("aborted", 0)))),
}

WRONG = {
    "a stored part vanishes": history(("put", (1, A), 0, 1, STORED), ("look", (), 2, 3, (200, ("open", ())))),
    "a part is stored twice": history(("put", (1, A), 0, 9, STORED), ("put", (1, A), 1, 8, STORED)),
    "a part is overwritten": history(("put", (1, A), 0, 1, STORED), ("put", (1, B), 2, 3, STORED)),
    "a conflict with nothing": history(("put", (1, A), 0, 1, CONFLICT)),
    "already stored before it was": history(("put", (1, A), 0, 1, AGAIN), ("put", (1, A), 2, 3, STORED)),
    "completed without its parts": history(("complete", (), 0, 1, DONE)),
    "completed and aborted": history(
        ("put", (1, A), 0, 1, STORED), ("complete", (), 2, 9, DONE), ("abort", (), 3, 8, ABORTED)),
    "completed after the abort": history(("put", (1, A), 0, 1, STORED), ("abort", (), 2, 3, ABORTED),
                                         ("complete", (), 4, 5, DONE)),
    "two answers": history(
        ("put", (1, A), 0, 1, STORED), ("complete", (), 2, 3, DONE), ("complete", (), 4, 5, (200, "other"))),
    "stored after the abort": history(("abort", (), 0, 1, ABORTED), ("put", (1, A), 2, 3, STORED)),
    "missing what is there": history(("put", (1, A), 0, 1, STORED), ("complete", (), 2, 3, (409, ((1, "missing"),)))),
    "progress goes back": history(("look", (), 0, 1, (200, ("open", (1,)))), ("put", (1, A), 0, 9, STORED),
                                  ("look", (), 2, 3, (200, ("open", ())))),
    "expired, then aborted": history(
        ("time passes", (), 0, 1, (200, "")), ("put", (1, A), 2, 3, (410, "upload_expired")),
                                     ("abort", (), 4, 5, ABORTED), ("put", (1, A), 6, 7, GONE)),
    "expired, then completed": history(("put", (1, A), 0, 1, STORED), ("time passes", (), 2, 3, (200, "")),
                                       ("complete", (), 4, 5, DONE)),
    "expired before its time": history(
        ("put", (1, A), 0, 1, (410, "upload_expired")), ("time passes", (), 2, 3, (200, ""))),
    "an answer from nowhere": history(("put", (1, A), 0, 1, (500, "internal"))),
    "an unanswered put is stored and taken back": history(
        ("put", (1, A), 0, 1, None), ("look", (), 2, 3, (200, ("open", (1,)))),
        ("look", (), 4, 5, (200, ("open", ())))),
    "an unanswered put before its invocation": history(
        ("look", (), 0, 1, (200, ("open", (1,)))), ("put", (1, A), 2, 3, None)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_an_order_explains_is_accepted(name):
    assert explained(RIGHT[name])


@pytest.mark.parametrize("name", WRONG)
def test_what_no_order_explains_is_rejected(name):
    assert not explained(WRONG[name])


def test_a_long_history_has_a_verdict():
    """Eight clients that all overlap, over and over: every order is tried once, and no more."""
    calls = [("put", (1, A), 0, 1, STORED)]
    for turn in range(1, 8):
        calls += [("put", (1, A), 10 * turn + i, 10 * turn + 9, AGAIN) for i in range(8)]
    assert explained(history(*calls))
    assert not explained(history(*calls, ("put", (1, B), 90, 91, STORED)))
