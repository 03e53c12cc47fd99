"""What docs/protocol.md allows one upload to answer, as a sequential specification for rig/linearize.py.

Answers are pairs (status, detail): detail is the error code, or what the answer says. `late` says since when the wall
clock has been past the upload's expiry: an open upload is an expired one then, whether the sweeper has come by or not.

One thing is allowed that an order does not explain: a Complete or an Abort that began before the expiry may take effect
after others were told "expired". It looks at the clock once, at its beginning, and hashing a large file may take long.
"""

from typing import Any, NamedTuple

from .linearize import NEVER, Call


class UploadState(NamedTuple):
    total: int
    status: str = "open"  # open, complete, aborted or expired; "complete" from the moment that Complete is decided
    parts: tuple[tuple[int, str], ...] = ()  # number and digest, sorted
    late: float = NEVER
    answer: str = ""  # of Complete

    @property
    def told(self) -> str:
        return "expired" if self.status == "open" and self.late != NEVER else self.status

    @property
    def missing(self) -> tuple[int, ...]:
        stored = {number for number, _ in self.parts}
        return tuple(number for number in range(1, self.total + 1) if number not in stored)

    def with_part(self, number: int, digest: str) -> "UploadState":
        return self._replace(parts=tuple(sorted((*self.parts, (number, digest)))))


_ENDED = {"complete": (409, "upload_complete"), "aborted": (410, "upload_aborted"), "expired": (410, "upload_expired")}


def step(state: UploadState, call: Call) -> list[UploadState]:
    after = _STEPS[call.name](state, call)
    return after if call.answer is None else [next_state for answer, next_state in after if answer(call.answer)]


def _answers(effects: list[tuple[Any, UploadState]], call: Call) -> Any:
    """For a call without an answer its effects, else (does it fit?, effect) for each answer that is allowed."""
    if call.answer is None:
        return [state for _, state in effects]
    return effects


def _put(state: UploadState, call: Call) -> Any:
    number, digest = call.arguments
    stored = dict(state.parts).get(number)
    # A newer request for the same part took over; a signed URL ends with the upload's life.
    effects = [(lambda answer: answer == (409, "superseded"), state)]
    if state.late != NEVER:
        effects.append((lambda answer: answer == (403, "url_expired"), state))
    if state.told != "open":
        effects.append((lambda answer: answer == _ENDED[state.told], state))
    elif stored is None:
        effects.append((lambda answer: answer == (200, "stored"), state.with_part(number, digest)))
    elif stored == digest:
        effects.append((lambda answer: answer == (200, "already_stored"), state))
    else:
        effects.append((lambda answer: answer == (409, "part_conflict"), state))
    return _answers(effects, call)


def _complete(state: UploadState, call: Call) -> Any:
    """The arguments are the digests that were stated, by part, or nothing. An answer of 200 carries its body as text;
    one of parts_mismatch carries its table."""
    if state.status == "complete":
        effects = [(lambda answer: answer[0] == 200 and state.answer in ("", answer[1]),
                    state._replace(answer=call.answer[1] if call.answer else state.answer))]
        return _answers(effects, call)
    effects = []
    if state.told != "open":
        effects.append((lambda answer: answer == _ENDED[state.told], state))
    if state.status == "open" and call.invoked < state.late:
        effects.append(_complete_open(state, call))
    return _answers(effects, call)


def _complete_open(state: UploadState, call: Call) -> Any:
    stated = dict(call.arguments)
    wrong = {number: "missing" for number in state.missing}
    wrong |= {number: "mismatch" for number, digest in state.parts if stated.get(number, digest) != digest}
    if wrong:
        return lambda answer: answer == (409, tuple(sorted(wrong.items()))), state
    finished = state._replace(status="complete", answer=call.answer[1] if call.answer else "")
    return lambda answer: answer[0] == 200, finished


def _abort(state: UploadState, call: Call) -> Any:
    if state.status == "complete":
        return _answers([(lambda answer: answer == _ENDED["complete"], state)], call)
    # The first end is final: an upload that was told to have expired is not aborted afterwards.
    ends = [state.told if state.told != "open" else "aborted"]
    if state.status == "open" and call.invoked < state.late != NEVER:
        ends.append("aborted")
    return _answers([(lambda answer: answer == (204, ""), state._replace(status=end)) for end in ends], call)


def _look(state: UploadState, call: Call) -> Any:
    """The detail is the state that was told and, of an open upload, the numbers of its parts."""
    def fits(answer: Any) -> bool:
        told, numbers = answer[1]
        if state.told != "open":
            return told == state.told or (told == "completing" and state.told == "complete")
        return told == "open" and numbers == tuple(number for number, _ in state.parts)
    return _answers([(fits, state)], call)


def _count(state: UploadState, call: Call) -> Any:
    """As _look, with how many parts there are."""
    def fits(answer: Any) -> bool:
        told, count = answer[1]
        if state.told != "open":
            return told == state.told or (told == "completing" and state.told == "complete")
        return told == "open" and count == len(state.parts)
    return _answers([(fits, state)], call)


def _time_passes(state: UploadState, call: Call) -> Any:
    return _answers([(lambda answer: True, state._replace(late=call.returned))], call)


_STEPS = {"put": _put, "complete": _complete, "abort": _abort, "look": _look, "count": _count,
          "time passes": _time_passes}
