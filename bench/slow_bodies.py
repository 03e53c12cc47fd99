"""What thousands of clients that send their bodies a few bytes at a time cost the others.

In each round: the p99 of single small parts while nothing else happens, beside the attack, and, as the floor, while the same
attack goes to another slipwayd on the machine: what the attackers take of the processors, they take there too. Goal: beside
the attack at most 1.5 times the quiet p99.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from load import KIB, idle_share
from harness.daemon import Daemon
from harness.slow_bodies import ROOM, SlowBodies
from harness.uploads import Upload

GOAL = 1.5
PART = 16 * KIB
PARTS_EACH = 100


def times_of_puts(daemon: Daemon, seconds: float) -> list[float]:
    """How long each part took, one after the other, each on a connection of its own; sorted."""
    data, times, end = os.urandom(PARTS_EACH * PART), [], time.monotonic() + seconds
    while time.monotonic() < end:
        upload = Upload(daemon.client, data, PART)
        for number in upload.numbers:
            began = time.perf_counter()
            reply = upload.put(number)
            times.append(time.perf_counter() - began)
            assert reply.status == 200, reply
        upload.abort()
    return sorted(times)


def p99_beside(daemon: Daemon, attacked: Daemon | None, count: int, seconds: float) -> float:
    """Milliseconds; the attack is over when it returns."""
    with nullcontext() if attacked is None else SlowBodies(attacked, count) as attack:
        times = times_of_puts(daemon, seconds)
        if attack is not None:
            assert attack.runs(), "the attack was over before the measurement"
            answers = attack.answers()
            assert answers.keys() == {"408"} and len(answers["408"]) == count, {name: len(all) for name, all in answers.items()}
    return times[int(len(times) * 0.99)] * 1e3


def spread(ratios: list[float]) -> str:
    return f"median {statistics.median(ratios):.2f}, spread {min(ratios):.2f} to {max(ratios):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attackers", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (4); the attackers are cut after 10")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    daemons = {}
    beside, floor = [], []
    try:
        for name in ("server", "other"):
            (directory / name).mkdir()
            daemons[name] = Daemon(directory / name, directory / f"{name}.log", args=ROOM).start()
        server, other = daemons["server"], daemons["other"]
        for _ in range(arguments.rounds):
            idle = idle_share()
            quiet, attacked, elsewhere = (p99_beside(server, target, arguments.attackers, arguments.seconds)
                                          for target in (None, server, other))
            beside.append(attacked / quiet)
            floor.append(elsewhere / quiet)
            print(f"p99 of a part: {quiet:.2f} ms quiet, {attacked:.2f} ms beside {arguments.attackers} slow bodies, "
                  f"{elsewhere:.2f} ms while another process has them (idle before: {idle:.0%})", flush=True)
        assert all(daemon.terminate() == 0 for daemon in daemons.values())
    finally:
        for daemon in daemons.values():
            daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)
    print(f"of the quiet p99: {spread(beside)} beside the attack (goal {GOAL}); {spread(floor)} while it goes elsewhere")


if __name__ == "__main__":
    main()
