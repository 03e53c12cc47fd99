"""How long Complete takes at 100 MiB, 1 GiB and 10 GiB, beside one fdatasync and one rename on the same disk.

Complete copies no byte: its time must not grow with the file. The server's other work ends before the clock starts.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from load import GIB, MIB, EmptyUpload, send, start_daemon

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
    upload = EmptyUpload(daemon, size, PART)
    send(daemon.port, upload.targets, PART, 8)
    started = time.perf_counter()
    reply = upload.complete()
    seconds = time.perf_counter() - started
    assert reply.status == 200, reply
    assert daemon.client.delete(f"/files/{upload.id}").status == 204
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=10, help="GiB of the largest file (10)")
    parser.add_argument("--repeat", type=int, default=5, help="measurements of the smaller sizes (5)")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    daemon = start_daemon(directory)
    sizes = [(13 * PART, arguments.repeat), (GIB, arguments.repeat), (arguments.largest * GIB, 1)]
    try:
        floors = [sync_and_rename(directory) for _ in range(20)]
        medians = []
        for size, repeat in sizes:
            times = [complete(daemon, size) for _ in range(repeat)]
            floors += [sync_and_rename(directory) for _ in range(20)]
            medians.append(statistics.median(times))
            print(f"{size / MIB:8.0f} MiB: median {medians[-1] * 1e3:.2f} ms, "
                  f"spread {min(times) * 1e3:.2f} to {max(times) * 1e3:.2f} ms", flush=True)
        floor = statistics.median(floors)
        print(f"one fdatasync and one rename: median {floor * 1e3:.2f} ms")
        print(f"ratio of the largest file's Complete to the smallest's: {medians[-1] / medians[0]:.2f}; "
              f"to the floor: {medians[-1] / floor:.1f}")
        assert daemon.terminate() == 0
    finally:
        daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
