"""What slipwayd spends on receiving parts, as a ratio to a floor: CPU seconds per GiB of 8 MiB parts, 16 connections.

The floor (floor_receive.cpp) only receives, hashes with SHA-256 and writes. slipwayd parses, verifies a signature,
computes SHA-256 and CRC64-NVME, makes every part durable and records it. Both run in the same minute, in turn A-B-B-A,
the server on one processor and the load on another. The goal is a median of 1.35 or less.
"""

import argparse
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from load import BIN_DIR, GIB, MIB, SERVER_CPU, EmptyUpload, cpu_seconds, idle_share, pin, send, start_daemon

PART = 8 * MIB
GOAL = 1.35


class Floor:
    """floor_receive over a fresh file."""

    def __init__(self, directory: Path, size: int, sync: bool):
        self.path, self.size = directory / "floor.bin", size
        command = [str(BIN_DIR / "floor_receive"), "--file", str(self.path), "--size", str(size), "--part", str(PART)]
        self.process = subprocess.Popen(command + ["--sync"] * sync, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.pid = self.process.pid
        self.targets = [f"/upload/floor/part/{number}" for number in range(1, size // PART + 1)]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.path.unlink()


class Slipway:
    """A new upload to the running slipwayd."""

    def __init__(self, daemon, size: int):
        self.upload = EmptyUpload(daemon, size, PART)
        self.port, self.pid, self.targets = daemon.port, daemon.pid, self.upload.targets

    def close(self) -> None:
        reply = self.upload.abort()
        assert reply.status == 204, reply


def measure(side, connections: int) -> tuple[float, float]:
    """(CPU seconds, wall seconds) per GiB."""
    try:
        pin(side.pid, SERVER_CPU)
        before = cpu_seconds(side.pid)
        wall = send(side.port, side.targets, PART, connections)
        gib = len(side.targets) * PART / GIB
        return (cpu_seconds(side.pid) - before) / gib, wall / gib
    finally:
        side.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=12, help="measurements of each side (12)")
    parser.add_argument("--mib", type=int, default=256, help="MiB sent in each (256); with much more, a guest's first touch of memory is what is measured")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--sync", action="store_true", help="the floor syncs every part too")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    daemon = start_daemon(directory)
    size = arguments.mib * MIB
    sides = {"floor": lambda: Floor(directory, size, arguments.sync), "slipwayd": lambda: Slipway(daemon, size)}
    results = {name: [] for name in sides}
    try:
        for make in sides.values():  # warm
            measure(make(), arguments.connections)
        idle = []
        for number in range(arguments.rounds):
            for name in list(sides)[::1 if number % 2 == 0 else -1]:
                idle.append(idle_share())
                cpu, wall = measure(sides[name](), arguments.connections)
                results[name].append((cpu, wall))
                print(f"{name:9} {cpu:.3f} CPU s/GiB  {wall:.3f} s/GiB  (idle before: {idle[-1]:.0%})", flush=True)
        assert daemon.terminate() == 0
    finally:
        daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)
    cpu = {name: [value for value, _ in values] for name, values in results.items()}
    ratios = [slipway / floor for slipway, floor in zip(cpu["slipwayd"], cpu["floor"])]
    for name, values in cpu.items():
        print(f"{name}: median {statistics.median(values):.3f}, least {min(values):.3f} CPU s/GiB")
    print(f"ratio: median {statistics.median(ratios):.2f}, spread {min(ratios):.2f} to {max(ratios):.2f}, "
          f"goal {GOAL}; least idle before a round {min(idle):.0%}")


if __name__ == "__main__":
    main()
