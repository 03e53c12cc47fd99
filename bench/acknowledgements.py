"""What a durable acknowledgement costs: 64 clients at once that send parts of 1 MiB.

How many acknowledgements share one sync of the catalog, and how long a client waits for its answer after its last byte, as
a ratio to one fdatasync on the same disk in the same run. The goal is 8 acknowledgements for each sync of the catalog.
"""

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from load import MIB, EmptyUpload, one_sync, send_measured, start_daemon

PART = MIB
GOAL = 8.0


def catalog_syncs(daemon) -> tuple[float, float]:
    """(syncs, changes) so far."""
    metrics = daemon.metrics()
    return metrics["slipway_catalog_batch_changes_count"], metrics["slipway_catalog_batch_changes_sum"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--mib", type=int, default=1024, help="MiB sent in each round (1024)")
    parser.add_argument("--uploads", type=int, default=64, help="that the clients' parts belong to (64)")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    daemon = start_daemon(directory)
    groups, medians, tails, floors = [], [], [], []
    try:
        for number in range(arguments.rounds + 1):
            each = arguments.mib // arguments.uploads
            uploads = [EmptyUpload(daemon, each * PART, PART) for _ in range(arguments.uploads)]
            # In turn over the uploads, so that the clients work on all of them at once.
            targets = [target for row in zip(*(upload.targets for upload in uploads)) for target in row]
            floors += [one_sync(directory) for _ in range(20)]
            syncs, changes = catalog_syncs(daemon)
            sent = send_measured(daemon.port, targets, PART, arguments.clients)
            after = catalog_syncs(daemon)
            for upload in uploads:
                assert upload.abort().status == 204
            if number == 0:
                continue  # warm
            groups.append((after[1] - changes) / (after[0] - syncs))
            medians.append(sent["p50_ms"] / 1e3)
            tails.append(sent["p99_ms"] / 1e3)
            print(f"{groups[-1]:.1f} acknowledgements a sync, {arguments.mib / sent['seconds']:.0f} MiB/s, "
                  f"p50 {sent['p50_ms']:.1f} ms, p99 {sent['p99_ms']:.1f} ms", flush=True)
        assert daemon.terminate() == 0
    finally:
        daemon.abandon()
        shutil.rmtree(directory, ignore_errors=True)
    floor = statistics.median(floors)
    print(f"acknowledgements a sync of the catalog: median {statistics.median(groups):.1f}, spread {min(groups):.1f} to "
          f"{max(groups):.1f}, goal {GOAL}")
    print(f"wait for an answer after the last byte: p50 {statistics.median(medians) * 1e3:.1f} ms "
          f"({statistics.median(medians) / floor:.1f} x one fdatasync of {floor * 1e3:.2f} ms), "
          f"p99 {statistics.median(tails) * 1e3:.1f} ms ({statistics.median(tails) / floor:.1f} x)")


if __name__ == "__main__":
    main()
