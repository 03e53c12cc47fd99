"""What becomes of the server when three times as much is offered as it can take.

In one run: the peak (the best of as many clients as the server admits, and twice as many, each sending its next part when
it has its answer), then parts arriving at three times that rate, then the clients that it admits again. Goals: at least
0.9 of the peak is still stored, refusals are answered in under 5 ms (p99), and within 5 s after the overload all is as
before.

Load and server share the processors with each other and with whatever else runs. How long the server's threads stood
ready and had none is told beside the times, because that is where they are lost. --real-time takes it out: the server's
threads get a processor whenever they want one, so that the time of a refusal is the server's own. What is stored is then
worth nothing, because the load gets what is left over.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from load import BIN_DIR, KIB, EmptyUpload
from harness.daemon import Daemon

PART = 32 * KIB
PARTS_EACH = 100
ADMITTED = 16
FOR_EVER = 1e9  # a rate: the next one as soon as there is an answer


def targets_for(daemon: Daemon, count: int) -> tuple[list[EmptyUpload], list[str]]:
    uploads = [EmptyUpload(daemon, PARTS_EACH * PART, PART) for _ in range(-(-count // PARTS_EACH))]
    return uploads, [target for row in zip(*(upload.targets for upload in uploads)) for target in row]


def threads_of(daemon: Daemon) -> list[Path]:
    return list(Path(f"/proc/{daemon.pid}/task").iterdir())


def waited_for_processor(daemon: Daemon) -> float:
    """Seconds that all threads of the server were ready to run and did not."""
    return sum(int((thread / "schedstat").read_text().split()[1]) for thread in threads_of(daemon)) / 1e9


def offer(daemon: Daemon, rate: float, seconds: float, connections: int, most: int, mode: str = "at-once") -> dict:
    uploads, targets = targets_for(daemon, most)
    command = [str(BIN_DIR / "overload_load"), *map(str, (daemon.port, rate, seconds, connections, PART, mode))]
    before = waited_for_processor(daemon)
    done = subprocess.run(command, input="\n".join(targets), text=True, capture_output=True)
    waited = waited_for_processor(daemon) - before
    for upload in uploads:
        assert upload.abort().status == 204
    if done.returncode != 0:
        print(done.stderr[-1000:], done.stdout, file=sys.stderr)
        raise SystemExit("overload_load failed")
    return json.loads(done.stdout) | {"waited": waited}


def rate_of(load: dict) -> float:
    return load["stored"] / load["seconds"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4, help="of each phase (4)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--expect", action="store_true",
                        help="clients wait for 100 Continue, and a refusal ends their connection")
    parser.add_argument("--real-time", action="store_true",
                        help="the server is scheduled before everything else (root)")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    (directory / "data").mkdir()
    daemon = Daemon(directory / "data", directory / "slipwayd.log", args=[
        "--limits.max_parts_in_flight", str(ADMITTED), "--log.level", "warn"]).start()
    goodputs, tails, recovered = [], [], []
    mode = "expect" if arguments.expect else "at-once"
    try:
        for thread in threads_of(daemon) if arguments.real_time else []:
            os.sched_setscheduler(int(thread.name), os.SCHED_FIFO, os.sched_param(10))
        warm = offer(daemon, FOR_EVER, 1, ADMITTED, 8000, mode)
        most = int(rate_of(warm) * arguments.seconds * 2) + 4000
        for _ in range(arguments.rounds):
            before = rate_of(offer(daemon, FOR_EVER, arguments.seconds, ADMITTED, most, mode))
            peak = max(before, rate_of(offer(daemon, FOR_EVER, arguments.seconds, 2 * ADMITTED, most, mode)))
            over = offer(daemon, 3 * peak, arguments.seconds, 6 * ADMITTED, most, mode)
            after = offer(daemon, FOR_EVER, arguments.seconds, ADMITTED, most, mode)
            offered = (over["stored"] + over["refused"]) / over["seconds"]
            goodputs.append(rate_of(over) / peak)
            tails.append(over["refused_p99_ms"])
            normal = next((second + 1 for second, stored in enumerate(after["stored_each_second"])
                           if stored >= 0.9 * before), 99)
            recovered.append(normal)
            print(f"peak {peak:.0f} parts/s; offered {offered / peak:.1f} x: stored {goodputs[-1]:.2f} of the peak, "
                  f"refusals p50 {over['refused_p50_ms']:.2f} ms, p99 {tails[-1]:.2f} ms; as before after {normal} s; "
                  f"ready without a processor: {over['waited'] / over['seconds']:.2f} threads", flush=True)
        assert daemon.terminate() == 0
    finally:
        daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)
    print(f"stored under overload, of the peak: median {sorted(goodputs)[len(goodputs) // 2]:.2f} (goal 0.9); "
          f"p99 of refusals: median {sorted(tails)[len(tails) // 2]:.2f} ms (goal 5); "
          f"as before after at most {max(recovered)} s (goal 5)")


if __name__ == "__main__":
    main()
