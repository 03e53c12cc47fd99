"""Load, crash, start, judge: again and again over one data directory."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from harness.daemon import Daemon

from .book import Book
from .judge import COLLECTOR_ARGUMENTS, Judge
from .ledger import Ledger
from .load import Load
from .tier import Totals

_COLLECTED_EVERY = 25  # cycles; the lives between are too short for a collector


class Torture:
    """One server over one data directory, its clients, their ledger and the judge."""

    def __init__(self, directory: Path, data_dir: Path, rng: random.Random, faulty: bool = False,
                 env: dict[str, str] | None = None, args: list[str] | None = None,
                 may_fill: bool = False):
        directory.mkdir(parents=True, exist_ok=True)
        self.rng, self.directory = rng, directory
        self.daemon = Daemon(data_dir, directory / "server.log", env=env,
                             args=["--log.level", "warn", "--uploads.sweep_interval", "1s", *COLLECTOR_ARGUMENTS,
                                   *(args or [])])
        data_dir.mkdir(parents=True, exist_ok=True)
        self.ledger = Ledger(directory / "ledger")
        self.book = Book(self.ledger, rng)
        self.load = Load(self.book, lambda: self.daemon.client, rng, faulty, may_fill)
        self.judge = Judge(self.book, data_dir, rng, faulty)

    def __enter__(self) -> "Torture":
        return self

    def __exit__(self, *_: object) -> None:
        self.load.__exit__()
        self.daemon.abandon()
        self.ledger.close()

    def run(self, cycles: int, crash: Callable[[], None], totals: Totals | None = None,
            longest: float = 0.2) -> None:
        """`crash` ends the server while the load is on, and leaves everything ready for the next start."""
        totals = totals or Totals("unlisted")
        self.daemon.start()
        for cycle in range(1, cycles + 1):
            self.load.resume()
            time.sleep(self.rng.random() * longest)
            crash()
            self.load.pause()
            self.judge.remove_orphans()
            self.daemon.start()
            self.judge.after_crash(self.daemon.client)
            if cycle % _COLLECTED_EVERY == 0:
                self.judge.await_collection()
            totals.add(cycles=1)
            self.tell(totals)
            totals.progress(cycle, cycles)
        self.judge.at_the_end(self.daemon.client)
        self.tell(totals)

    def tell(self, totals: Totals) -> None:
        totals.counts |= self.book.counts

    def must_have_been_torture(self, cycles: int) -> None:
        """The crashes hit work in progress, or nothing was tested."""
        counts = self.book.counts
        assert counts["acknowledged_parts"] >= cycles and counts["complete"] and counts["aborted"], counts
        assert counts["deleted"] and counts["unanswered"] >= cycles / 2, counts
        assert not counts["refused_for_room"], f"the disk was full, and little was done: {counts}"
