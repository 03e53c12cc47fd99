"""How long Complete takes at 100 MiB, 1 GiB and 10 GiB, beside one fdatasync and one rename on the same disk.

Complete copies no byte: its time must not grow with the file. What the request itself costs is seen at an upload of one
part of 4 KiB; what a larger file takes beyond it has to stay below one fdatasync and one rename. The sizes take turns,
and what the disk still has to do for earlier ones ends before the clock starts.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from load import GIB, KIB, MIB, EmptyUpload, send, start_daemon

PART = 8 * MIB


def sync_and_rename(directory: Path) -> float:
    """Seconds for 4 KiB written, one fdatasync and one rename made durable."""
    path = directory / "floor.tmp"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    os.pwrite(descriptor, b"x" * 4096, 0)
    started = time.perf_counter()
    os.fdatasync(descriptor)
    os.rename(path, directory / "floor.done")
    seconds = time.perf_counter() - started
    os.close(descriptor)
    return seconds


def complete(daemon, size: int) -> float:
    part = min(size, PART)
    upload = EmptyUpload(daemon, size, part)
    send(daemon.port, upload.targets, part, 8)
    os.sync()
    time.sleep(0.5)
    started = time.perf_counter()
    reply = upload.complete()
    seconds = time.perf_counter() - started
    assert reply.status == 200, reply
    assert daemon.client.delete(f"/files/{upload.id}").status == 204
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=10, help="GiB of the largest file (10)")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each size (5)")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    daemon = start_daemon(directory)
    times: dict[int, list[float]] = {size: [] for size in (4 * KIB, 13 * PART, GIB, arguments.largest * GIB)}
    floors = []
    try:
        complete(daemon, 13 * PART)  # warm
        for _ in range(arguments.rounds):
            for size, taken in times.items():
                taken.append(complete(daemon, size))
                floors += [sync_and_rename(directory) for _ in range(5)]
        assert daemon.terminate() == 0
    finally:
        daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)
    medians = {size: statistics.median(taken) for size, taken in times.items()}
    floor = statistics.median(floors)
    itself = medians[4 * KIB]
    for size, taken in times.items():
        print(f"{size / MIB:12.3f} MiB: median {medians[size] * 1e3:.2f} ms, spread {min(taken) * 1e3:.2f} to "
              f"{max(taken) * 1e3:.2f} ms; beyond the request itself {(medians[size] - itself) / floor:+.2f} x floor")
    print(f"floor, one fdatasync and one rename: median {floor * 1e3:.2f} ms, "
          f"spread {min(floors) * 1e3:.2f} to {max(floors) * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
