"""Power cuts under load, on ext4 and XFS: what was acknowledged is on the disk, and nothing is there half.

The file system is shut down by ioctl while the server writes to it, so that what it has not synced is lost; then the
server is killed, and the file system is mounted anew and replays its journal. Now and then the server was killed and
started a moment before: what it then acknowledges as stored must not rest on what only the page cache has.
"""

import os
import signal
import time
from pathlib import Path

import pytest

from rig.book import Violation
from rig.cycles import Torture
from rig.disks import FLUSH, LOG_FLUSH, NO_LOG_FLUSH, LoopDisk
from rig.shims import lying_disk
from rig.tier import count, seeded


def stop(pid: int) -> None:
    """SIGSTOP, and until every thread has stopped or is in the kernel and will stop on its way out."""
    os.kill(pid, signal.SIGSTOP)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        states = {stat.read_text().rsplit(")", 1)[1].split()[0] for stat in Path(f"/proc/{pid}/task").glob("*/stat")}
        if states <= {"T", "D"}:
            return
    raise AssertionError(f"process {pid} did not stop: {states}")


class PowerCut:
    """Cuts at random: how much the file system still writes, whether a kill and a start came shortly before."""

    FLAGS = {NO_LOG_FLUSH: "cuts_without_log", LOG_FLUSH: "cuts_with_log", FLUSH: "cuts_flushed"}

    def __init__(self, torture: Torture, disk: LoopDisk, totals=None):
        self.torture, self.disk, self.totals = torture, disk, totals

    def __call__(self) -> None:
        rng, daemon = self.torture.rng, self.torture.daemon
        killed_before = rng.random() < 0.2
        if killed_before:
            daemon.kill()
            daemon.start()
            time.sleep(rng.random() * 0.1)
        flag = rng.choices((NO_LOG_FLUSH, LOG_FLUSH, FLUSH), (6, 3, 1))[0]
        stopped = rng.random() < 0.6
        if stopped:
            stop(daemon.pid)  # as a machine without power does, so that whatever was answered was answered before
        else:
            self.torture.book.power_goes()
        self.disk.cut(flag)
        if not stopped:
            time.sleep(rng.choice((0, 0.005)))
        daemon.kill()
        self.torture.load.pause()
        self.disk.remount()
        if self.totals is not None:
            self.totals.add(**{self.FLAGS[flag]: 1}, killed_before=int(killed_before), stopped_before=int(stopped))


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
def test_power(tmp_path, totals, make_disk, kind):
    cycles = count(f"power.{kind}")
    disk = make_disk(LoopDisk, tmp_path, kind)
    with Torture(tmp_path / "clients", disk.path / "data", seeded(f"power {kind}"), faulty=True) as torture:
        torture.run(cycles, PowerCut(torture, disk, totals), totals)
        torture.must_have_been_torture(cycles)


@pytest.mark.parametrize("lie", ["syncs", "blob_syncs", "catalog_syncs"])
def test_a_server_whose_syncs_do_nothing_is_noticed(tmp_path, make_disk, lie):
    """Parts that are listed and hold zeros, records that are gone, a catalog that cannot be opened.

    Syncs of directories are not among the lies: what they cover is mostly carried along by the catalog's next sync, on
    ext4 and XFS alike, so that no number of cuts finds them missing for sure. The store's own tests do.
    """
    disk = make_disk(LoopDisk, tmp_path)
    with Torture(tmp_path / "clients", disk.path / "data", seeded(lie), faulty=True,
                 env=lying_disk(tmp_path, lie)) as torture:
        with pytest.raises((Violation, AssertionError), match="wrong bytes|is lost|not listed|no blob|slipwayd ended"):
            torture.run(10, PowerCut(torture, disk))
