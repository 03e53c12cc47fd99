"""What thousands of clients that send their bodies a few bytes at a time cost the others.

In each round: the p99 of single small parts while nothing else happens; beside the attack of clients that know nothing of
each other; beside the same with all of them in step, so that thousands send in the same moment, once a second; and, as the
floor, while the first attack goes to another slipwayd on the machine: what the attackers take of the processors, they take
there too. Goal: beside the attack at most 1.5 times the quiet p99.

The server and the client that is measured have one processor to themselves, where there are two, and the attackers the
other: theirs are machines of their own. What is stored lies in memory (--dir): one sync in a hundred of a disk that others
use takes longer than anything that is measured here.
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
SERVER, ATTACKERS = 0, 1


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


def p99_beside(daemon: Daemon, attacked: Daemon, attack: SlowBodies | None, count: int, seconds: float) -> float:
    """Milliseconds; the attack is over when it returns."""
    with nullcontext() if attack is None else attack:
        if attack is not None:
            pin(attack.process.pid, ATTACKERS)
            wait_until_it_stands(attacked, count)
        times = times_of_puts(daemon, seconds)
        if attack is not None:
            assert attack.runs(), "the attack was over before the measurement"
            answers = attack.answers()
            assert answers.keys() == {"408"} and len(answers["408"]) == count, {name: len(all) for name, all in answers.items()}
    return times[int(len(times) * 0.99)] * 1e3


def wait_until_it_stands(attacked: Daemon, count: int) -> None:
    """Thousands of requests that begin at once are work of another kind; it is over when each waits for its body."""
    deadline = time.monotonic() + 5
    while attacked.metrics()["slipway_parts_in_flight"] < count:
        assert time.monotonic() < deadline, "the attackers are not all being received"
        time.sleep(0.05)
    time.sleep(0.5)


def pin(pid: int, processor: int) -> None:
    """All its threads, to this one of the first two processors."""
    if os.cpu_count() > 1:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {processor})


def spread(ratios: list[float]) -> str:
    return f"median {statistics.median(ratios):.2f}, spread {min(ratios):.2f} to {max(ratios):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attackers", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (4); the attackers are cut after 10")
    parser.add_argument("--dir", default="/dev/shm", help="where the servers' data go (/dev/shm)")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-", dir=arguments.dir))
    daemons = {}
    ratios = {"apart": [], "in step": [], "elsewhere": []}
    pin(os.getpid(), SERVER)
    try:
        for name in ("server", "other"):
            (directory / name).mkdir()
            daemons[name] = Daemon(directory / name, directory / f"{name}.log", args=ROOM).start()
        server, other = daemons["server"], daemons["other"]
        for _ in range(arguments.rounds):
            idle, count = idle_share(), arguments.attackers
            quiet, *beside = (p99_beside(server, attacked, attack, count, arguments.seconds) for attacked, attack in (
                (server, None), (server, SlowBodies(server, count, in_step=False)), (server, SlowBodies(server, count)),
                (other, SlowBodies(other, count, in_step=False))))
            for name, p99 in zip(ratios, beside):
                ratios[name].append(p99 / quiet)
            print(f"p99 of a part: {quiet:.2f} ms quiet; beside {count} slow bodies {beside[0]:.2f} ms, in step {beside[1]:.2f} ms; "
                  f"while another process has them {beside[2]:.2f} ms (idle before: {idle:.0%})", flush=True)
        assert all(daemon.terminate() == 0 for daemon in daemons.values())
    finally:
        for daemon in daemons.values():
            daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)
    print(f"of the quiet p99: {spread(ratios['apart'])} beside the attack (goal {GOAL}); {spread(ratios['in step'])} in step; "
          f"{spread(ratios['elsewhere'])} while it goes elsewhere")


if __name__ == "__main__":
    main()
