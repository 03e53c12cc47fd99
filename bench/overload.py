"""What becomes of the server when three times as much is offered as it can take, for parts of several sizes.

In each round: the peak (the best of as many clients as the server admits, and twice as many, each sending its next part when
it has its answer), then parts arriving at three times that rate, then the clients that it admits again. Goals: at least
0.9 of the peak is still stored, refusals are answered in under 5 ms (p99), and within 5 s after the overload all is as
before. Clients either send their bodies at once, and stop where a refusal says that the connection closes, or wait for 100
Continue.

Beside that, what a refusal costs in processor time, with every place held by somebody else: of the server and its client,
and of the floor, which is one thread that receives a head, sends the same answer and drops the body. From the floor follows
what could be stored at most where processors are what runs out: with r for a refusal's share of the cost of a stored part,
each with its client, (1 - 3 r) / (1 - r) of the peak.

Load and server share the processors with each other and with whatever else runs. How long the server's threads stood
ready and had none is told beside the times, because that is where they are lost. --real-time takes it out: the server's
threads get a processor whenever they want one, so that the time of a refusal is the server's own. What is stored is then
worth nothing, because the load gets what is left over.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from load import BIN_DIR, KIB, MIB, EmptyUpload, cpu_seconds, idle_share
from harness.daemon import Daemon

PARTS_EACH = 100
# More parts at a time than there are processors are not stored faster, and wait for one another; so do refusals behind them.
ADMITTED = os.cpu_count()
TIMES_OFFERED = 3
CONNECTIONS = 96
FOR_EVER = 1e9  # a rate: the next one as soon as there is an answer
REFUSALS_A_SECOND = 1000
GOODPUT, REFUSAL_MS, RECOVERY_S = 0.9, 5.0, 5


@dataclass
class Row:
    """What was measured of parts of one size, sent in one way; one value a round."""
    part: int
    mode: str
    goodput: list[float] = field(default_factory=list)
    refusal_ms: list[float] = field(default_factory=list)
    recovery: list[int] = field(default_factory=list)
    stored_us: list[float] = field(default_factory=list)
    refused_us: list[float] = field(default_factory=list)
    floor_us: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        size = f"{self.part // MIB} MiB" if self.part >= MIB else f"{self.part // KIB} KiB"
        return f"{size}, {self.mode}"

    def bound(self) -> float:
        share = statistics.median(self.floor_us) / statistics.median(self.stored_us)
        return max(0.0, (1 - TIMES_OFFERED * share) / (1 - share)) if share < 1 else 0.0

    def table_line(self) -> str:
        def told(values: list[float], form: str) -> str:
            return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"
        return (f"| {self.name} | {told(self.goodput, '.2f')} | {self.bound():.2f} | {told(self.refusal_ms, '.1f')} | "
                f"{max(self.recovery)} | {statistics.median(self.stored_us):.0f} | "
                f"{statistics.median(self.refused_us):.0f} | {statistics.median(self.floor_us):.0f} |")


class Bench:
    """A server that admits so many parts at a time, and the floor of refusing."""

    def __init__(self, directory: Path, seconds: float, admitted: int):
        self.seconds, self.admitted = seconds, admitted
        (directory / "data").mkdir()
        self.daemon = Daemon(directory / "data", directory / "slipwayd.log", args=[
            "--limits.max_parts_in_flight", str(admitted), "--limits.min_body_rate", "0", "--log.level", "warn"]).start()
        self.floor = subprocess.Popen([str(BIN_DIR / "floor_refuse")], stdout=subprocess.PIPE, text=True)
        self.floor_port = int(self.floor.stdout.readline())

    def close(self) -> None:
        self.daemon.abandon()
        self.floor.kill()
        self.floor.wait()
        self.floor.stdout.close()

    @contextlib.contextmanager
    def targets(self, part: int, count: int):
        uploads = [EmptyUpload(self.daemon, PARTS_EACH * part, part) for _ in range(-(-count // PARTS_EACH))]
        yield [target for row in zip(*(upload.targets for upload in uploads)) for target in row]
        for upload in uploads:
            assert upload.abort().status == 204

    def load(self, row: Row, port: int, rate: float, connections: int, targets: list[str],
             may_run_out: bool = False) -> dict:
        command = [str(BIN_DIR / "overload_load"), *map(str, (port, rate, self.seconds, connections, row.part, row.mode))]
        done = subprocess.run(command, input="\n".join(targets), text=True, capture_output=True)
        if done.returncode != 0 and not may_run_out:
            print(done.stderr[-1000:], done.stdout, file=sys.stderr)
            raise SystemExit("overload_load failed")
        return json.loads(done.stdout)

    def offer(self, row: Row, rate: float, connections: int, most: int) -> dict:
        """The load's own account, and the server's: waiting for a processor, and time on it."""
        with self.targets(row.part, most) as targets:
            waited, worked = waited_for_processor(self.daemon.pid), cpu_seconds(self.daemon.pid)
            told = self.load(row, self.daemon.port, rate, connections, targets)
            return told | {"waited": waited_for_processor(self.daemon.pid) - waited,
                           "worked": cpu_seconds(self.daemon.pid) - worked + told["processor_seconds"]}

    def warm(self, row: Row) -> int:
        """How many targets are enough for one phase."""
        with self.targets(row.part, min(8000, 4000 * MIB // row.part)) as targets:
            told = self.load(row, self.daemon.port, FOR_EVER, self.admitted, targets, may_run_out=True)
        return int(rate_of(told) * self.seconds * 3) + 10 * CONNECTIONS

    def measure_refusals(self, row: Row) -> None:
        """Nothing but refusals, at a rate that both can answer."""
        with self.targets(row.part, 2 * CONNECTIONS) as targets, self.every_place_held():
            for port, pid, costs in ((self.daemon.port, self.daemon.pid, row.refused_us),
                                     (self.floor_port, self.floor.pid, row.floor_us)):
                before = cpu_seconds(pid)
                told = self.load(row, port, REFUSALS_A_SECOND, CONNECTIONS, targets)
                assert told["stored"] == 0, told
                costs.append((cpu_seconds(pid) - before + told["processor_seconds"]) / told["refused"] * 1e6)

    @contextlib.contextmanager
    def every_place_held(self):
        held = EmptyUpload(self.daemon, self.admitted * MIB, MIB)
        with contextlib.ExitStack() as connections:
            for number in held.numbers:
                connection = connections.enter_context(self.daemon.client.raw())
                connection.send_head("PUT", held.url(number), content_length=MIB, expect="100-continue")
                assert connection.read_head()[0] == 100
            yield
        assert held.abort().status == 204

    def round(self, row: Row, most: int) -> None:
        self.measure_refusals(row)
        idle = idle_share()
        before = self.offer(row, FOR_EVER, self.admitted, most)
        peak = max(rate_of(before), rate_of(self.offer(row, FOR_EVER, 2 * self.admitted, most)))
        over = self.offer(row, TIMES_OFFERED * peak, CONNECTIONS, most)
        after = self.offer(row, FOR_EVER, self.admitted, most)
        offered = (over["stored"] + over["refused"]) / over["seconds"]
        row.stored_us.append(before["worked"] / before["stored"] * 1e6)
        row.goodput.append(rate_of(over) / peak)
        row.refusal_ms.append(over["refused_p99_ms"])
        row.recovery.append(next((second + 1 for second, stored in enumerate(after["stored_each_second"])
                                  if stored >= GOODPUT * rate_of(before)), 99))
        print(f"{row.name}: peak {peak:.0f} parts/s; offered {offered / peak:.1f} x: stored {row.goodput[-1]:.2f} of the peak, "
              f"refusals p50 {over['refused_p50_ms']:.2f} ms, p99 {row.refusal_ms[-1]:.2f} ms; as before after "
              f"{row.recovery[-1]} s; ready without a processor: {over['waited'] / over['seconds']:.2f} threads; with its "
              f"client a stored part costs {row.stored_us[-1]:.0f} us, a refusal {row.refused_us[-1]:.0f} us, the floor's "
              f"{row.floor_us[-1]:.0f} us (idle before: {idle:.0%})", flush=True)


def waited_for_processor(pid: int) -> float:
    """Seconds that all threads of the process were ready to run and did not."""
    return sum(int((thread / "schedstat").read_text().split()[1]) for thread in Path(f"/proc/{pid}/task").iterdir()) / 1e9


def schedule_first(pid: int) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setscheduler(int(thread.name), os.SCHED_FIFO, os.sched_param(10))


def rate_of(load: dict) -> float:
    return load["stored"] / load["seconds"]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2, help="of each phase (2)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kib", type=int, nargs="+", default=[32, 256, 1024, 8192], help="sizes of parts (32 256 1024 8192)")
    parser.add_argument("--admitted", type=int, default=ADMITTED, help="parts at a time that the server takes (one a processor)")
    parser.add_argument("--mode", choices=["at-once", "expect"], nargs="+", default=["at-once", "expect"])
    parser.add_argument("--real-time", action="store_true", help="the server is scheduled before everything else (root)")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    bench = Bench(directory, arguments.seconds, arguments.admitted)
    rows = [Row(kib * KIB, mode) for kib in arguments.kib for mode in arguments.mode]
    try:
        if arguments.real_time:
            schedule_first(bench.daemon.pid)
        for row in rows:
            most = bench.warm(row)
            for _ in range(arguments.rounds):
                bench.round(row, most)
        assert bench.daemon.terminate() == 0
    finally:
        bench.close()
        shutil.rmtree(directory, ignore_errors=True)
    print("\n| parts of, bodies | stored, of the peak | at most, by the floor | refusals p99, ms | as before after, s | "
          "a stored part, us | a refusal | the floor's |\n|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(row.table_line())
    print(f"goals: {GOODPUT} of the peak, {REFUSAL_MS:.0f} ms, {RECOVERY_S} s")


if __name__ == "__main__":
    main()
