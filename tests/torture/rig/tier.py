"""How much is done, under which seed, and what it came to.

SLIPWAY_TORTURE is "short" (part of `make test`) or "long" (`make torture`); SLIPWAY_TORTURE_SEED repeats a run, and
SLIPWAY_TORTURE_COUNT overrides the count of whatever suite is run, for trying something out.
"""

import os
import random
import time

TIER = os.environ.get("SLIPWAY_TORTURE") or "short"
SEED = int(os.environ.get("SLIPWAY_TORTURE_SEED") or random.SystemRandom().randrange(2**32))
LONG = TIER == "long"
if TIER not in ("short", "long"):
    raise ValueError(f"SLIPWAY_TORTURE is short or long, not {TIER!r}")

# suite: (short, long)
COUNTS = {
    "kill": (30, 1000),
    "power.ext4": (50, 1000),
    "power.xfs": (10, 200),
    "sync_failure.blobs": (5, 200),
    "sync_failure.catalog": (3, 50),
    "bit_rot": (100, 10_000),
    "races": (25, 1000),
    "no_space.load": (4, 60),
    "no_space.foreign": (3, 40),
}


def count(suite: str) -> int:
    override = os.environ.get("SLIPWAY_TORTURE_COUNT")
    return int(override) if override else COUNTS[suite][LONG]


def seeded(suite: str) -> random.Random:
    """Randomness of a suite's own, so that a suite that is run alone repeats what it did among the others."""
    print(f"seed: SLIPWAY_TORTURE_SEED={SEED} SLIPWAY_TORTURE={TIER} ({suite})", flush=True)
    return random.Random(f"{SEED} {suite}")


class Totals:
    """What a suite came to: counts by name."""

    def __init__(self, suite: str):
        self.suite, self.counts, self.started = suite, {}, time.monotonic()
        self._told = self.started

    def add(self, **amounts: int) -> None:
        for name, amount in amounts.items():
            self.counts[name] = self.counts.get(name, 0) + amount

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def progress(self, done: int, of: int) -> None:
        """A line now and then, so that a long run is seen to be alive."""
        if LONG and (time.monotonic() - self._told > 20 or done == of):
            self._told = time.monotonic()
            print(f"{done}/{of} {self}", flush=True)

    def __str__(self) -> str:
        listed = ", ".join(f"{name.replace('_', ' ')} {amount:,}" for name, amount in self.counts.items())
        return f"{self.suite}: {listed}; {time.monotonic() - self.started:.0f} s"
