"""How long the parts of an upload take to be brought into order, beside one copy_file_range of the same file.

The parts have an odd number of bytes and are sent last one first, so that every byte is copied. The clock runs from
Complete to the moment in which the upload is complete: the copy, its checkpoints, the last sync, the rename and the
commits. The floor copies the file as it was published, into a reserved file of the same file system, and syncs once.
"""

import argparse
import http.client
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from load import MIB, Daemon


def send_backwards(daemon, sizes: list[int]) -> str:
    opened = daemon.client.post("/upload/init", {"file_name": "bench", "part_sizes": "free", "chunk_size": max(sizes)})
    assert opened.status == 200, opened
    upload = opened.json()["upload_id"]
    block = os.urandom(max(sizes))
    connection = http.client.HTTPConnection(daemon.host, daemon.port)
    for number in range(len(sizes), 0, -1):
        signed = daemon.client.get(f"/upload/{upload}/part?part_number={number}").json()["url"]
        connection.request("PUT", signed[signed.index("/upload/"):], block[:sizes[number - 1]])
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
    connection.close()
    return upload


def assemble(daemon, sizes: list[int]) -> tuple[float, str]:
    upload = send_backwards(daemon, sizes)
    os.sync()
    time.sleep(0.5)
    started = time.perf_counter()
    reply = daemon.client.post(f"/upload/{upload}/complete", {"total_parts": len(sizes)})
    while reply.status == 202 and daemon.client.get(f"/upload/{upload}").json()["state"] == "completing":
        time.sleep(0.005)
    seconds = time.perf_counter() - started
    assert daemon.client.get(f"/upload/{upload}").json()["state"] == "complete"
    return seconds, upload


def copy_once(source: Path, target: Path) -> float:
    size = source.stat().st_size
    reading = os.open(source, os.O_RDONLY)
    writing = os.open(target, os.O_CREAT | os.O_RDWR)
    os.posix_fallocate(writing, 0, size)
    os.fsync(writing)
    started = time.perf_counter()
    done = 0
    while done < size:
        done += os.copy_file_range(reading, writing, size - done, done, done)
    os.fdatasync(writing)
    seconds = time.perf_counter() - started
    os.close(reading)
    os.close(writing)
    target.unlink()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the file (1024)")
    parser.add_argument("--part", type=int, default=8, help="MiB of a part, less 13 bytes (8)")
    parser.add_argument("--rounds", type=int, default=5, help="measurements (5)")
    arguments = parser.parse_args()
    sizes = [arguments.part * MIB - 13] * (arguments.size // arguments.part)
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    (directory / "data").mkdir()
    daemon = Daemon(directory / "data", directory / "slipwayd.log", args=["--storage.trash_keep", "0s"]).start()
    ratios, assembled, copied = [], [], []
    try:
        for _ in range(arguments.rounds):
            seconds, upload = assemble(daemon, sizes)
            published = next(daemon.data_dir.glob(f"**/files/*/{upload}"))
            os.sync()
            floor = copy_once(published, directory / "floor")
            ratios.append(seconds / floor)
            assembled.append(seconds)
            copied.append(floor)
            assert daemon.client.delete(f"/files/{upload}").status == 204
        assert daemon.terminate() == 0
    finally:
        daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)
    total = sum(sizes) / MIB
    print(f"{total:.0f} MiB in {len(sizes)} parts: assembled in {statistics.median(assembled):.2f} s "
          f"({total / statistics.median(assembled):.0f} MiB/s), one copy {statistics.median(copied):.2f} s; "
          f"ratio median {statistics.median(ratios):.2f}, spread {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
