"""What the benches share: a pinned slipwayd, an upload whose part URLs are known, and part_load sending to them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/e2e"))

from harness.daemon import BIN_DIR, Daemon  # noqa: E402
from harness.http import origin_form  # noqa: E402
from harness.uploads import GIB, KIB, MIB, Upload  # noqa: E402,F401

SERVER_CPU, CLIENT_CPU = 0, min(1, os.cpu_count() - 1)


def pin(pid: int, cpu: int) -> None:
    """Every thread of the process on one processor."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {cpu})


def cpu_seconds(pid: int) -> float:
    """Time on a processor of all living threads, in nanoseconds' resolution (not in ticks)."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def idle_share(seconds: float = 0.3) -> float:
    """How much of all processors was idle just now: what a figure that follows is worth."""
    def read() -> list[int]:
        return [int(value) for value in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    before = read()
    time.sleep(seconds)
    spent = [after - start for after, start in zip(read(), before)]
    return (spent[3] + spent[4]) / max(1, sum(spent))


def send(port: int, targets: list[str], part: int, connections: int) -> float:
    """Sends one part to every target; the seconds that it took."""
    return send_measured(port, targets, part, connections)["seconds"]


def send_measured(port: int, targets: list[str], part: int, connections: int) -> dict[str, float]:
    """The same, and what part_load says of the waits for an answer."""
    command = ["taskset", "-c", str(CLIENT_CPU), str(BIN_DIR / "part_load"), str(port), str(connections), str(part)]
    done = subprocess.run(command, input="\n".join(targets), text=True, capture_output=True)
    if done.returncode != 0:
        raise SystemExit(f"part_load failed: {done.stderr}")
    return json.loads(done.stdout)


def start_daemon(directory: Path) -> Daemon:
    (directory / "data").mkdir(parents=True, exist_ok=True)
    return Daemon(directory / "data", directory / "slipwayd.log").start()


def one_sync(directory: Path) -> float:
    """Seconds of one fdatasync of 4 KiB on this disk."""
    descriptor = os.open(directory / "floor", os.O_CREAT | os.O_WRONLY)
    os.pwrite(descriptor, b"x" * 4096, 0)
    started = time.perf_counter()
    os.fdatasync(descriptor)
    seconds = time.perf_counter() - started
    os.close(descriptor)
    return seconds


class EmptyUpload(Upload):
    """An upload whose parts part_load will send: its data exist nowhere here."""

    def __init__(self, daemon: Daemon, size: int, part: int):
        super().__init__(daemon.client, b"", part, total_parts=size // part, file_size=size)
        self.targets = [origin_form(self.url(number)) for number in self.numbers]
