"""Uploads under way through a balancer while things happen to what is behind it, and what their clients note.

A client repeats what was refused for now (503 with Retry-After, what a balancer says of a server that is gone) and what broke off,
and nothing else. It never sends a part again that was acknowledged, and whatever it is told that should not be is a violation.
"""

import http.client
import random
import threading
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

from harness.daemon import patience
from harness.digests import sha256
from harness.http import Client, Reply
from harness.uploads import MIB

BROKEN = (OSError, http.client.HTTPException)


class Data:
    """Bytes of any number of parts, each different, out of one block."""

    def __init__(self, rng: random.Random, longest: int):
        self.block = rng.randbytes(longest + 4 * MIB)

    def part(self, tag: str, number: int, size: int) -> bytes:
        head = f"{tag} {number};".encode()[:size]
        start = zlib.crc32(head) % (4 * MIB)
        return head + self.block[start:start + size - len(head)]


@dataclass
class Ledger:
    """What all clients together were told, and when."""
    violations: list[str] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    longest_wait: float = 0.0
    told: list[float] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def count(self, what: object) -> None:
        with self.changed:
            self.answers[str(what)] = self.answers.get(str(what), 0) + 1
            self.changed.notify_all()

    def acknowledge(self, waited: float) -> None:
        with self.changed:
            self.acknowledged += 1
            self.longest_wait = max(self.longest_wait, waited)
            self.told.append(time.monotonic())
            self.changed.notify_all()

    def violate(self, text: str) -> None:
        with self.changed:
            self.violations.append(text)
            self.changed.notify_all()

    def wait(self, what: str, condition, seconds: float) -> None:
        deadline = time.monotonic() + patience(seconds)
        with self.changed:
            while not self.violations and not condition():
                assert self.changed.wait(deadline - time.monotonic()), f"not within {seconds} s: {what}; {self.answers}"
            assert not self.violations, self.violations

    def longest_silence(self, since: float) -> float:
        """Between two acknowledgements, whosever, after that time."""
        moments = [since, *(moment for moment in self.told if moment > since)]
        return max((after - before for before, after in zip(moments, moments[1:])), default=0.0)


class Sailing(threading.Thread):
    """One upload, part after part, to its file."""

    def __init__(self, fleet: "Fleet", tag: str, size: int, chunk: int, is_held: bool):
        super().__init__(daemon=True)
        self.fleet, self.tag, self.size, self.chunk, self.is_held = fleet, tag, size, chunk, is_held
        self.total = -(-size // chunk)
        self.id, self.urls, self.file = "", {}, None
        self.acknowledged: set[int] = set()
        self.is_completing = False

    def part(self, number: int) -> bytes:
        return self.fleet.data.part(self.tag, number, min(self.chunk, self.size - (number - 1) * self.chunk))

    def run(self) -> None:
        try:
            self._begin()
            for number in range(1, self.total + 1):
                if self.is_held:
                    self.fleet.wait_for_leave(number / self.total)
                self._send(number)
            self.is_completing = True
            self._complete()
        except Exception as error:  # whatever it is, the test has to hear of it
            self.fleet.ledger.violate(f"{self.tag}: {error!r}")

    def _begin(self) -> None:
        body = {"file_name": self.tag, "total_parts": self.total, "chunk_size": self.chunk, "file_size": self.size}
        begun = self.fleet.ask("POST", "/upload/init", body, {"Idempotency-Key": self.tag}).json()
        self.urls = {part["part_number"]: part["url"] for part in begun["part_urls"]}
        self.id = begun["upload_id"]

    def _send(self, number: int) -> None:
        data, first, tries = self.part(number), time.monotonic(), 0
        while True:
            tries += 1
            reply = self.fleet.once("PUT", self.urls[number], data, auth=False)
            if reply is not None and reply.status == 200:
                break
            # An attempt of before may still hang somewhere, and a newer one takes over from it.
            if reply is not None and reply.error != "superseded":
                self.fleet.require_patience(reply, f"part {number}")
            self.fleet.rest(reply, tries)
        told = reply.json()
        if told["sha256"] != sha256(data) or (tries == 1 and told["status"] != "stored"):
            raise AssertionError(f"part {number} at try {tries} was answered {told}")
        self.acknowledged.add(number)
        self.fleet.ledger.acknowledge(time.monotonic() - first)

    def _complete(self) -> None:
        while (reply := self.fleet.ask("POST", f"/upload/{self.id}/complete", wanted=(200, 202))).status == 202:
            time.sleep(0.1)
        self.file = reply.json()


class Fleet:
    """COUNT uploads at a time. Every other one is held halfway until something was done to the cluster, so that there are always
    uploads in the midst of which it was done, however fast they go."""

    def __init__(self, client: Client, rng: random.Random, count: int, size: int, chunks: list[int], seconds: float = 300):
        self.client, self.seconds = client, seconds
        self.data, self.ledger = Data(rng, max(chunks)), Ledger()
        self.leave, self.struck_at = 0.5, 0.0
        self.ended, self.abandoned = threading.Event(), threading.Event()
        name = f"{rng.randrange(2**64):016x}"
        self.all = []
        for index in range(count):
            chunk = chunks[index // 2 % len(chunks)]
            self.all.append(Sailing(self, f"{name}-{index}", size, chunk, is_held=index % 2 == 1))
        self.watch = threading.Thread(target=self._watch, daemon=True)

    @property
    def parts(self) -> int:
        return sum(each.total for each in self.all)

    def start(self) -> "Fleet":
        for each in [*self.all, self.watch]:
            each.start()
        return self

    def until(self, share: float) -> "Fleet":
        """That share of all parts is acknowledged; before strike() at most three quarters are."""
        self.ledger.wait(f"{share:.0%} of the parts", lambda: self.ledger.acknowledged >= share * self.parts, self.seconds)
        return self

    def strike(self, leave: float = 1) -> None:
        """Now something is being done. Those that were held may send that share of their parts from now on."""
        with self.ledger.changed:
            self.struck_at, self.leave = self.struck_at or time.monotonic(), leave
            self.ledger.changed.notify_all()

    def wait_for_leave(self, share: float) -> None:
        with self.ledger.changed:
            if not self.ledger.changed.wait_for(lambda: share <= self.leave, patience(self.seconds)):
                raise TimeoutError("nothing was done to the cluster")

    def until_refused(self, times: int) -> None:
        """So many more answers that ask for patience, or none at all."""
        def refused() -> int:
            return sum(count for what, count in self.ledger.answers.items() if what not in ("200", "202"))
        before = refused()
        self.ledger.wait("refusals", lambda: refused() >= before + times, 120)

    def finish(self) -> None:
        """Every upload is a file."""
        assert self.leave == 1
        deadline = time.monotonic() + patience(self.seconds)
        for each in self.all:
            each.join(max(0, deadline - time.monotonic()))
        self.ended.set()
        self.watch.join(patience(60))
        assert not self.ledger.violations, self.ledger.violations
        late = [(each.tag, len(each.acknowledged), each.total) for each in self.all if each.file is None]
        assert not late, (late, self.ledger.answers)

    def abandon(self) -> None:
        """Whatever happened, nobody goes on for long."""
        self.ended.set()
        self.abandoned.set()

    def once(self, method: str, target: str, body: Any = None, **more: Any) -> Reply | None:
        """None where no whole answer came."""
        try:
            reply = self.client.request(method, target, body, **more)
        except BROKEN:
            self.ledger.count("broken")
            return None
        self.ledger.count(reply.status)
        return reply

    def ask(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None,
            wanted: tuple[int, ...] = (200,)) -> Reply:
        """As often as it takes to be answered so."""
        tries = 0
        while True:
            tries += 1
            reply = self.once(method, target, body, headers=headers)
            if reply is not None and reply.status in wanted:
                return reply
            if reply is not None:
                self.require_patience(reply, f"{method} {target}")
            self.rest(reply, tries)

    def require_patience(self, reply: Reply, what: str) -> None:
        if not self.is_for_now(reply):
            raise AssertionError(f"{what} was answered {reply}")

    def is_for_now(self, reply: Reply) -> bool:
        """503 of slipwayd with its Retry-After, and what nginx says of a server that it does not reach."""
        if reply.error is None:
            return reply.status in (502, 503, 504)
        return reply.status == 503 and int(reply.headers.get("Retry-After", "0")) > 0

    def rest(self, reply: Reply | None, tries: int) -> None:
        """Before the next try: as long as was asked for, or a little longer each time."""
        asked = int(reply.headers.get("Retry-After", "0")) if reply is not None else 0
        if self.abandoned.wait(asked or min(2.0, 0.1 * 2 ** min(tries, 5)) * random.uniform(0.5, 1)):
            raise TimeoutError("the test is over")

    def _watch(self) -> None:
        """Another device of the user: whatever it is told of an upload, it is told of what was acknowledged."""
        while not self.ended.wait(0.05):
            each = random.choice(self.all)
            if each.id:
                self._look_at(each)

    def _look_at(self, each: Sailing) -> None:
        known = set(each.acknowledged)
        reply = self.once("GET", f"/upload/chunks?upload_id={each.id}")
        if reply is None or (reply.status != 200 and self.is_for_now(reply)):
            return
        if reply.status != 200:
            self.ledger.violate(f"{each.tag} is told as {reply}")
            return
        told = reply.json()
        missing = {number for first, last in told["missing"] for number in range(first, last + 1)}
        # Asked now, so that whatever the answer tells was asked for before.
        may_be = {"open", "completing", "complete"} if each.is_completing else {"open"}
        if told["state"] not in may_be or (known & missing and told["state"] == "open"):
            self.ledger.violate(f"{each.tag} with {sorted(known)} acknowledged is told as {told['state']}, without {sorted(missing)}")
