"""How long a start takes with 100,000 open uploads and 10 million part records left by a server that was killed.

Measured from exec to the first 200 of /readyz, as a ratio to one fdatasync on the same disk; then some of the uploads are
continued. The goal is 5 seconds.
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

from load import BIN_DIR, KIB, Daemon, one_sync

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
    parser.add_argument("--uploads", type=int, default=100_000)
    parser.add_argument("--parts", type=int, default=101, help="of each upload; all but the last are recorded (101)")
    parser.add_argument("--starts", type=int, default=5)
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    daemon = Daemon(directory / "data", directory / "slipwayd.log")
    try:
        daemon.data_dir.mkdir()
        started = time.monotonic()
        subprocess.run([BIN_DIR / "recovery_fill", daemon.data_dir, str(arguments.uploads), str(arguments.parts)],
                       check=True)
        records = arguments.uploads * (arguments.parts - 1)
        print(f"{arguments.uploads:,} uploads, {records:,} part records, written in {time.monotonic() - started:.0f} s",
              flush=True)
        floor = statistics.median(one_sync(directory) for _ in range(50))
        times = []
        for number in range(arguments.starts):
            started = time.perf_counter()
            daemon.start()
            times.append(time.perf_counter() - started)
            print(f"start {number + 1}: ready after {times[-1]:.2f} s", flush=True)
            continue_some(daemon.client, arguments.parts, 20) if number == 0 else None
            daemon.kill()
        print(f"ready after {statistics.median(times):.2f} s (median, spread {min(times):.2f} to {max(times):.2f}), "
              f"goal {GOAL}; {statistics.median(times) / floor:,.0f} x one fdatasync ({floor * 1e3:.2f} ms)")
    finally:
        daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
