"""What a client knows of its uploads: what was acknowledged, what was asked and never answered.

An acknowledgement counts once it stands in the ledger. Where an answer did not come, both outcomes are possible until
the judge has looked; from then on, what was seen must stay.
"""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from harness.digests import sha256

from .ledger import Ledger

KIB, MIB = 1 << 10, 1 << 20
_CHUNKS = (4 * KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB)
_MOST_PARTS, _MOST_BYTES = 40, 3 * MIB


class Violation(AssertionError):
    """The server broke a promise."""


class State(Enum):
    OPEN = "open"
    COMPLETE = "complete"
    ABORTED = "aborted"
    DELETED = "deleted"  # was complete, and the file was removed


class Content:
    """Views of one random block: thousands of uploads cost no memory."""

    def __init__(self, rng: random.Random):
        self.block = memoryview(rng.randbytes(2 * _MOST_BYTES))

    def slice(self, offset: int, size: int) -> memoryview:
        return self.block[offset:offset + size]


@dataclass(eq=False)
class Known:
    """One upload. `doubt` is what was asked and not answered: "create", or the State that was asked for."""

    tag: str
    data: memoryview
    chunk: int
    id: str = ""
    urls: dict[int, str] = field(default_factory=dict)
    acknowledged: dict[int, str] = field(default_factory=dict)
    busy: set[int] = field(default_factory=set)
    held: bool = False
    state: State | None = None
    doubt: Any = None
    answer: dict[str, Any] | None = None
    life: int = 0  # in which its state changed last
    failed_in: int = -1  # the life in which a write or sync of its blob failed
    cut: bool = False  # its end was asked for and never answered
    _digests: dict[int, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return -(-len(self.data) // self.chunk)

    def part(self, number: int) -> memoryview:
        return self.data[(number - 1) * self.chunk:number * self.chunk]

    def digest(self, number: int) -> str:
        if number not in self._digests:
            self._digests[number] = sha256(self.part(number))
        return self._digests[number]

    @property
    def idle(self) -> bool:
        return not self.held and not self.busy and self.doubt is None

    def __str__(self) -> str:
        return f"{self.tag} ({self.id or 'no id'}, {self.total} parts of {self.chunk})"


class Book:
    """All uploads of a run. `lock` guards everything; the judge runs while no request is on its way."""

    def __init__(self, ledger: Ledger, rng: random.Random):
        self.ledger, self.rng, self.lock = ledger, rng, threading.Lock()
        self.content = Content(rng)
        self.live: list[Known] = []  # open, complete, or in doubt
        self.ended: list[Known] = []
        self.counts: Counter[str] = Counter()
        self.violations: list[str] = []
        self.life = 0
        self.cutting = False
        self._named = 0

    def violate(self, text: str) -> None:
        with self.lock:
            self.violations.append(text)

    def judge_violations(self) -> None:
        if self.violations:
            raise Violation("\n".join(self.violations[:20]))

    def draw(self) -> Known:
        """A new upload that nobody has asked for yet. The lock is held."""
        self._named += 1
        chunk = self.rng.choice(_CHUNKS)
        most = max(1, min(_MOST_PARTS, _MOST_BYTES // chunk))
        parts = self.rng.choice((0, 1, 1, 2, 3, 5, self.rng.randint(1, most)))
        parts = min(parts, most)
        size = 0 if parts == 0 else (parts - 1) * chunk + self.rng.choice((chunk, 1, self.rng.randint(1, chunk)))
        offset = self.rng.randrange(len(self.content.block) - size + 1)
        known = Known(f"t{self._named}", self.content.slice(offset, size), chunk, held=True, doubt="create")
        self.live.append(known)
        return known

    # What the server acknowledged. Each is called without the lock, and returns when it counts.

    def created(self, known: Known, upload_id: str, urls: dict[int, str]) -> None:
        self.ledger.write("created", tag=known.tag, id=upload_id, size=len(known.data), chunk=known.chunk)
        with self.lock:
            if self._came_late():
                return
            known.id, known.urls = upload_id, urls
            self._settle(known, State.OPEN)
            self.counts["uploads"] += 1

    def stored(self, known: Known, number: int, digest: str) -> None:
        self.ledger.write("part", id=known.id, number=number, sha256=digest)
        with self.lock:
            if self._came_late():
                return
            if number not in known.acknowledged:
                self.counts["acknowledged_parts"] += 1
                self.counts["acknowledged_bytes"] += len(known.part(number))
            known.acknowledged[number] = digest

    def ended_as(self, known: Known, state: State, answer: dict[str, Any] | None = None) -> None:
        self.ledger.write(state.value, id=known.id, **({"answer": answer} if answer else {}))
        with self.lock:
            if self._came_late():
                return
            known.answer = answer or known.answer
            self._settle(known, state)
            self.counts[state.value] += 1

    def power_goes(self) -> None:
        """From here until the judge has looked, an answer proves nothing. Shutting a file system down is not one
        instant, and while it lasts the kernel may report a sync as done whose extents it then failed to convert from
        unwritten: such an answer is one that no client of a machine without power would have got."""
        with self.lock:
            self.cutting = True

    def _came_late(self) -> bool:
        if self.cutting:
            self.counts["answers_during_the_cut"] += 1
        return self.cutting

    def saw(self, known: Known, state: State) -> None:
        """The judge looked: whatever was in doubt is so. The lock is not needed, nothing else runs."""
        known.cut = known.doubt is state
        self._settle(known, state)

    def never_was(self, known: Known) -> None:
        self.live.remove(known)

    def _settle(self, known: Known, state: State) -> None:
        if known.state is not state:
            known.life = self.life
        known.state, known.doubt = state, None
        if state is not State.OPEN:
            known.urls.clear()
        if state in (State.ABORTED, State.DELETED) and known in self.live:
            self.live.remove(known)
            self.ended.append(known)

    def of(self, state: State) -> list[Known]:
        return [known for known in self.live if known.state is state]
