"""Whether more nodes take more parts, until what is behind them is the limit: MiB a second of 5 MiB parts through nginx, by the
number of nodes. Prints a table and writes it as a plot.

One machine has no more processors for more nodes. So each node may use a fixed share of one (--share, by its control group), as if
it were a small machine of its own; the load, nginx, MinIO and MariaDB have what is left. As long as that is enough, twice the nodes
should take twice the parts; where it is not, the table shows who used the processors. Each number of nodes is measured
upwards and downwards again, so that a machine that gets slower or faster shows.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from load import BIN_DIR, MIB, cpu_seconds, idle_share

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/cluster"))

from harness.http import origin_form  # noqa: E402
from harness.uploads import Upload  # noqa: E402
from plot import write_plot  # noqa: E402
from whole import Whole  # noqa: E402

PART = 5 * MIB


class Shares:
    """Control groups, of version 2 or 1, one for each node."""

    def __init__(self, share: float):
        root = Path("/sys/fs/cgroup")
        self.folders: list[Path] = []
        if (root / "cgroup.controllers").exists():
            self.root, self.limit = root, ("cpu.max", f"{int(share * 100_000)} 100000")
        else:
            self.root, self.limit = root / "cpu", ("cpu.cfs_quota_us", str(int(share * 100_000)))

    def give(self, pid: int) -> None:
        folder = self.root / f"slipway-bench-{pid}"
        folder.mkdir()
        self.folders.append(folder)
        (folder / self.limit[0]).write_text(self.limit[1])
        (folder / "cgroup.procs").write_text(str(pid))

    def close(self) -> None:
        """A group can go when its process is gone."""
        for folder in self.folders:
            folder.rmdir()


def put_in_front(whole: Whole, count: int) -> None:
    """Only the first nodes are the balancer's."""
    servers = "".join(f"    server 127.0.0.1:{node.port} max_fails=0;\n" for node in whole.nodes[:count])
    text = f"upstream slipway {{\n    zone slipway 256k;\n    least_conn;\n{servers}    keepalive 64;\n}}\n"
    (whole.folder / "nginx/conf.d/slipway-upstream.conf").write_text(text)
    nginx = whole.member("nginx")
    old = set(children(nginx.pid))
    done = nginx.script("reload", str(nginx.folder))
    assert done.returncode == 0, done.stderr
    # A worker of before closes connections after an answer.
    while old & set(children(nginx.pid)):
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def used(whole: Whole) -> dict[str, float]:
    """Seconds of processors so far."""
    nginx = whole.member("nginx").pid
    spent = {"nodes": sum(cpu_seconds(node.pid) for node in whole.nodes),
             "nginx": sum(cpu_seconds(pid) for pid in children(nginx))}
    return spent | {name: cpu_seconds(whole.member(name).pid) for name in ("minio", "mariadb")}


def measure(whole: Whole, count: int, parts: int, connections: int) -> dict[str, float]:
    put_in_front(whole, count)
    client = whole.client()
    upload = Upload(client, b"", PART, total_parts=parts, file_size=parts * PART)
    targets = "\n".join(origin_form(upload.url(number)) for number in upload.numbers)
    before, command = used(whole), [BIN_DIR / "part_load", str(client.port), str(connections), str(PART)]
    done = subprocess.run(command, input=targets, text=True, capture_output=True)
    if done.returncode != 0:
        raise SystemExit(f"part_load failed: {done.stderr}")
    seconds = json.loads(done.stdout)["seconds"]
    after = used(whole)
    client.delete(f"/upload/{upload.id}")
    return {"rate": parts * PART / MIB / seconds} | {name: (after[name] - before[name]) / seconds for name in before}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=6)
    parser.add_argument("--share", type=float, default=0.1, help="of one processor, for each node")
    parser.add_argument("--parts", type=int, default=40, help="for each node and measurement")
    parser.add_argument("--plot", type=Path, default=BIN_DIR.parent / "node_scaling.svg")
    options = parser.parse_args()
    whole, shares = Whole(Path(tempfile.mkdtemp(prefix="slipway-scaling-"))), Shares(options.share)
    try:
        whole.up("--limits.requests_per_second", "0", "--storage.trash_keep", "0s", NODES=str(options.nodes))
        whole.member("consul-template").stop()
        for node in whole.nodes:
            shares.give(node.pid)
        print(f"{os.cpu_count()} processors, {idle_share():.0%} idle; each node has {options.share:.0%} of one")
        report(measure_all(whole, options), options)
    finally:
        whole.down()
        time.sleep(0.5)
        shares.close()
        subprocess.run(["rm", "-rf", str(whole.folder)], check=True)


def measure_all(whole: Whole, options: argparse.Namespace) -> dict[int, dict[str, float]]:
    up = list(range(1, options.nodes + 1))
    runs: dict[int, list[dict[str, float]]] = {count: [] for count in up}
    measure(whole, options.nodes, 4 * options.nodes, options.nodes)
    for count in up + up[::-1]:
        runs[count].append(measure(whole, count, options.parts * count, 4 * count))
    return {count: {name: statistics.mean(run[name] for run in these) for name in these[0]} for count, these in runs.items()}


def report(runs: dict[int, dict[str, float]], options: argparse.Namespace) -> None:
    alone = runs[1]["rate"]
    print("nodes   MiB/s   x one   processors: nodes  nginx  MinIO  MariaDB")
    for count, run in runs.items():
        print(f"{count:5} {run['rate']:7.1f} {run['rate'] / alone:7.2f} {run['nodes']:18.2f} {run['nginx']:6.2f} "
              f"{run['minio']:6.2f} {run['mariadb']:8.2f}")
    write_plot(options.plot, "Parts of 5 MiB through nginx", "nodes", "MiB/s",
               {"measured": {count: run["rate"] for count, run in runs.items()},
                "as many times one": {count: alone * count for count in runs}})
    print(f"plot: {options.plot}")


main()
