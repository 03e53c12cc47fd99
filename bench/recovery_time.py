"""How long a start takes with 100,000 open uploads and 10 million part records left by a server that was killed.

Measured from exec to the first 200 of /readyz, as a ratio to one fdatasync on the same disk; then some of the uploads are
continued. The goal is 5 seconds.
The first start also replays the log; those after it find what the one before had replayed in tables.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from load import BIN_DIR, KIB, Daemon, cpu_seconds, idle_share, one_sync

GOAL = 5.0


def continue_some(client, parts: int, how_many: int) -> None:
    """Random uploads take the part that is missing, and know the others."""
    uploads = client.get("/uploads?limit=1000").json()["uploads"]
    for upload in random.sample(uploads, how_many):
        name = upload["upload_id"]
        assert client.get(f"/upload/chunks?upload_id={name}").json()["missing"] == [[parts, parts]]
        url = client.get(f"/upload/{name}/part?part_number={parts}").json()["url"]
        reply = client.put(url, os.urandom(4 * KIB))
        assert reply.status == 200, reply


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=100_000, help="at least (100,000)")
    parser.add_argument("--parts", type=int, default=101, help="of each upload; all but the last are recorded (101)")
    parser.add_argument("--starts", type=int, default=5)
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    daemon = Daemon(directory / "data", directory / "slipwayd.log")
    try:
        daemon.data_dir.mkdir()
        started = time.monotonic()
        filled = subprocess.run(
            [BIN_DIR / "recovery_fill", daemon.data_dir, str(arguments.uploads), str(arguments.parts)],
            check=True, capture_output=True, text=True)
        # A server syncs each blob that it makes; else the first start would wait for a hundred thousand of them.
        os.sync()
        uploads, log_bytes = map(int, filled.stdout.split())
        print(f"{uploads:,} uploads, {uploads * (arguments.parts - 1):,} part records, {log_bytes >> 20} MiB of them in "
              f"the log; written in {time.monotonic() - started:.0f} s", flush=True)
        floor = statistics.median(one_sync(directory) for _ in range(50))
        times = []
        for number in range(arguments.starts):
            idle, started = idle_share(), time.perf_counter()
            daemon.start()
            times.append(time.perf_counter() - started)
            print(f"start {number + 1}: ready after {times[-1]:.2f} s, {cpu_seconds(daemon.pid):.2f} s of a "
                  f"processor; before it {idle:.0%} of the machine was idle", flush=True)
            continue_some(daemon.client, arguments.parts, 20) if number == 0 else None
            daemon.kill()
        later = statistics.median(times[1:])
        print(f"ready after {times[0]:.2f} s, later after {later:.2f} s (median, to {max(times[1:]):.2f}), goal {GOAL}; "
              f"{times[0] / floor:,.0f} and {later / floor:,.0f} x one fdatasync ({floor * 1e3:.2f} ms)")
    finally:
        daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
