"""Real failures of fsync: the room below a file system runs out, as on a thin-provisioned volume.

Nothing of a blob is acknowledged after a write or sync of it has failed, what was acknowledged before is on the disk,
and a failing log of the catalog ends the server, which recovers when there is room.
"""

import subprocess
import time

import pytest

from harness.uploads import KIB

from rig.book import Violation
from rig.cycles import Torture
from rig.disks import BindMount, ThinDisk
from rig.load import FILES, OPEN_UPLOADS
from rig.shims import lying_disk
from rig.tier import count, seeded


def load_until(torture: Torture, fired, seconds: float = 20) -> None:
    """Runs a growing load until the fault has fired, and a moment longer: what is told after that is what counts."""
    load = torture.load
    load.open_uploads = load.files = 300
    load.resume()
    deadline = time.monotonic() + seconds
    while not fired():
        assert time.monotonic() < deadline, f"the fault did not fire: {torture.book.counts}"
        time.sleep(0.005)
    time.sleep(torture.rng.random() * 0.1)
    load.open_uploads, load.files = OPEN_UPLOADS, FILES


class BlobsFail:
    """The room beneath the blobs runs out under load; then everything that only the page cache has is dropped."""

    def __init__(self, torture: Torture, disk: ThinDisk):
        self.torture, self.disk, self.fired = torture, disk, 0

    def __call__(self) -> None:
        torture, disk, counts = self.torture, self.disk, self.torture.book.counts
        before = counts["storage_failures"]
        torture.load.for_a_while(torture.rng.random() * 0.2)
        disk.choke(torture.rng.randrange(256) * KIB)
        load_until(torture, lambda: counts["storage_failures"] > before)
        torture.daemon.kill()
        torture.load.pause()
        disk.unmount()
        disk.relieve()
        disk.mount()
        self.fired += 1


def test_sync_failure_of_blobs(tmp_path, totals, make_disk):
    cycles = count("sync_failure.blobs")
    data_dir = tmp_path / "data"
    disk = make_disk(ThinDisk, tmp_path, data_dir / "blobs")
    with Torture(tmp_path / "clients", data_dir, seeded("sync failure of blobs"), faulty=True) as torture:
        fail = BlobsFail(torture, disk)
        torture.run(cycles, fail, totals)
        counts = torture.book.counts
    assert fail.fired == cycles and counts["storage_failures"] >= cycles and counts["acknowledged_parts"] > 0


def test_a_server_that_ignores_a_failed_sync_is_noticed(tmp_path, make_disk):
    data_dir = tmp_path / "data"
    disk = make_disk(ThinDisk, tmp_path, data_dir / "blobs")
    with Torture(tmp_path / "clients", data_dir, seeded("ignored sync failure"), faulty=True,
                 env=lying_disk(tmp_path, "sync_errors")) as torture:
        fail = BlobsFail(torture, disk)
        with pytest.raises(Violation, match="wrong bytes"):
            torture.run(10, fail)
        assert fail.fired > 0


def test_sync_failure_of_the_catalog(tmp_path, totals, make_disk):
    """The log cannot be written: the process ends with 70 instead of acknowledging; with room again, all is there."""
    cycles = count("sync_failure.catalog")
    data_dir = tmp_path / "data"
    disk = make_disk(ThinDisk, tmp_path, data_dir)
    blobs = make_disk(BindMount, tmp_path / "blobs", data_dir / "blobs")
    with Torture(tmp_path / "clients", data_dir, seeded("sync failure of the catalog"), faulty=True) as torture:
        def fail() -> None:
            daemon = torture.daemon
            disk.choke(torture.rng.randrange(32) * KIB)
            load_until(torture, lambda: daemon.process.poll() is not None)
            code = daemon.wait_for_end(1)
            assert code == 70, f"slipwayd ended with {code}:\n{daemon.log_tail()}"
            torture.load.pause()
            if torture.rng.random() < 0.5:
                refuses_or_serves(torture)
            blobs.unmount()
            disk.unmount()
            disk.relieve()
            disk.mount()
            blobs.mount()
            totals.add(exits_70=1)

        torture.run(cycles, fail, totals)
    assert totals["exits_70"] == cycles


def refuses_or_serves(torture: Torture) -> None:
    """A start without room must not destroy anything: it ends with a reason, or it serves and is killed."""
    process = torture.daemon.spawn()
    try:
        assert process.wait(0.5) in (1, 70), torture.daemon.log_tail()
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        process.wait()
