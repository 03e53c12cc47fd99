"""What slipwayd spends on parts that go through to an S3 store, as a ratio to a floor: CPU seconds per GiB of 8 MiB parts.

The floor (floor_receive.cpp --relay) only receives, hashes with SHA-256 and sends on, to somebody who throws it away.
slipwayd parses, verifies a signature, computes SHA-256 and CRC64-NVME, and the CRC64-NVME that travels behind the part, sends
it to a MinIO on this machine and records it. Both run in the same minute, in turn A-B-B-A, the server on one processor, the
load and MinIO on another. The goal is a median of 1.4 or less.
"""

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from load import BIN_DIR, MIB, Daemon, idle_share
from receive_ratio import PART, Slipway, measure

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/stores"))

from admin import Admin  # noqa: E402
from servers import Server, running  # noqa: E402

GOAL = 1.4


class Sink:
    """Takes whatever comes and throws it away."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.drain, args=(connection,), daemon=True).start()

    @staticmethod
    def drain(connection: socket.socket) -> None:
        room = bytearray(MIB)
        while connection.recv_into(room):
            pass
        connection.close()


class Relay:
    """floor_receive, which sends on to the sink."""

    def __init__(self, sink: Sink, size: int):
        command = [str(BIN_DIR / "floor_receive"), "--relay", str(sink.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.pid = self.process.pid
        self.targets = [f"/upload/floor/part/{number}" for number in range(1, size // PART + 1)]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def start_gateway(directory: Path, server: Server) -> Daemon:
    admin = Admin(directory, server, bucket="bench")
    admin.ok("bucket", "create")
    (directory / "data").mkdir()
    return Daemon(directory / "data", directory / "slipwayd.log", args=["--config", str(admin.config)],
                  env={"SLIPWAY_STORE_MAIN_ACCESS_KEY_ID": admin.access_key,
                       "SLIPWAY_STORE_MAIN_SECRET_ACCESS_KEY": admin.secret_key}).start()


def compare(daemon: Daemon, arguments: argparse.Namespace) -> dict[str, list[float]]:
    size, sink = arguments.mib * MIB, Sink()
    sides = {"relay": lambda: Relay(sink, size), "slipwayd": lambda: Slipway(daemon, size)}
    for make in sides.values():  # warm
        measure(make(), arguments.connections)
    results = {name: [] for name in sides}
    for number in range(arguments.rounds):
        for name in list(sides)[::1 if number % 2 == 0 else -1]:
            idle = idle_share()
            cpu, wall = measure(sides[name](), arguments.connections)
            results[name].append(cpu)
            print(f"{name:9} {cpu:.3f} CPU s/GiB  {wall:.3f} s/GiB  (idle before: {idle:.0%})", flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8, help="measurements of each side (8)")
    parser.add_argument("--mib", type=int, default=256, help="MiB sent in each (256)")
    parser.add_argument("--connections", type=int, default=16)
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    try:
        with running("minio", directory / "minio") as server:
            daemon = start_gateway(directory, server)
            try:
                results = compare(daemon, arguments)
                assert daemon.terminate() == 0
            finally:
                daemon.abandon()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    for name, values in results.items():
        print(f"{name}: median {statistics.median(values):.3f}, least {min(values):.3f} CPU s/GiB")
    ratios = [slipway / relay for slipway, relay in zip(results["slipwayd"], results["relay"])]
    print(f"ratio: median {statistics.median(ratios):.2f}, spread {min(ratios):.2f} to {max(ratios):.2f}, goal {GOAL}")


if __name__ == "__main__":
    main()
