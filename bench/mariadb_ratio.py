"""How fast part records become durable in MariaDB, as a ratio to what its own client reaches: rows a second.

The floor is the `mariadb` client, which reads statements of 500 rows from a file, each of them committed by itself: no rows can
be had durable with fewer calls by one connection. slipway records the same rows one by one, each call waiting for its own, so
many of them at a time; the catalog makes groups of them, and looks at each upload's record besides. Both in the same minute,
in turn A-B-B-A, into the same table of a server of its own that flushes at each commit. The goal is a median of 0.7 or more.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from load import BIN_DIR, idle_share

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/e2e"))

from harness.mariadb import MariaDb  # noqa: E402

GOAL = 0.7
PROGRAM = str(BIN_DIR / "mariadb_parts")


class Sides:
    """Both of them, over one database."""

    def __init__(self, server: MariaDb, folder: Path, arguments: argparse.Namespace):
        self.server, self.folder, self.arguments = server, folder, arguments
        (_, _, _, self.url), self.env = server.database("bench")
        self.catalog(rows=1)  # makes the tables

    def catalog(self, rows: int = 0) -> float:
        command = [PROGRAM, "catalog", self.url, str(rows or self.arguments.rows), str(self.arguments.waiting)]
        done = subprocess.run(command, env=os.environ | self.env, stdout=subprocess.PIPE, text=True, check=True)
        return float(done.stdout)

    def client(self) -> float:
        """By TCP, as the catalog."""
        host, port = self.url.split("@")[1].split("/")[0].split(":")
        statements = self.folder / "statements.sql"
        with open(statements, "w") as out:
            subprocess.run([PROGRAM, "statements", str(self.arguments.rows)], stdout=out, check=True)
        command = ["mariadb", "--no-defaults", f"--host={host}", f"--port={port}", "--protocol=tcp",
                   f"--user={self.server.user}", f"--password={self.server.password}", "slipway_bench"]
        with open(statements) as statements_in:
            begun = time.monotonic()
            subprocess.run(command, stdin=statements_in, check=True)
            return self.arguments.rows / (time.monotonic() - begun)


def compare(sides: Sides, rounds: int) -> dict[str, list[float]]:
    both = {"client": sides.client, "catalog": sides.catalog}
    for measure in both.values():  # warm
        measure()
    results = {name: [] for name in both}
    for number in range(rounds):
        for name in list(both)[::1 if number % 2 == 0 else -1]:
            idle = idle_share()
            results[name].append(both[name]())
            print(f"{name:8} {results[name][-1]:9,.0f} rows/s  (idle before: {idle:.0%})", flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6, help="measurements of each side (6)")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of each (100000)")
    parser.add_argument("--waiting", type=int, default=1024, help="calls in flight (1024)")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    server = MariaDb(folder / "mariadb")
    try:
        results = compare(Sides(server.start(), folder, arguments), arguments.rounds)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    for name, values in results.items():
        print(f"{name}: median {statistics.median(values):,.0f} rows/s, {min(values):,.0f} to {max(values):,.0f}")
    ratios = [catalog / client for catalog, client in zip(results["catalog"], results["client"])]
    print(f"ratio: median {statistics.median(ratios):.2f}, spread {min(ratios):.2f} to {max(ratios):.2f}, goal {GOAL}")


if __name__ == "__main__":
    main()
