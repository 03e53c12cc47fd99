"""A full disk under load: new uploads are refused with a clear error, and nothing that was acknowledged is lost."""

import contextlib
import os
from pathlib import Path

import pytest

from harness.uploads import MIB

from rig.cycles import Torture
from rig.disks import LoopDisk
from rig.tier import count, seeded
from test_sync_failure import load_until, refuses_or_serves


def test_no_space_for_the_load(tmp_path, totals, make_disk):
    """The clients want more than there is. What was admitted has its room: only a Create is ever refused."""
    cycles = count("no_space.load")
    disk = make_disk(LoopDisk, tmp_path, size=512 * MIB)
    ballast = disk.path / "ballast"
    with Torture(tmp_path / "clients", disk.path / "data", seeded("no space for the load"), may_fill=True,
                 args=["--storage.min_free", "16MiB"]) as torture:
        counts = torture.book.counts

        def crash() -> None:
            before = counts["no_room"]
            leave(ballast, 16 * MIB + torture.rng.randrange(4 * MIB))
            load_until(torture, lambda: counts["no_room"] > before, 30)
            torture.daemon.kill()
            # A start reserves 64 MiB for the catalog's log, or all that is left where that is less, and the start after
            # a kill then has none.
            leave(ballast, 96 * MIB)

        torture.run(cycles, crash, totals)
    assert counts["no_room"] >= cycles and counts["complete"]


def test_no_space_because_of_others(tmp_path, totals, make_disk):
    """Somebody else fills the disk to the last block. The server may end, with 70, and comes back with room."""
    cycles = count("no_space.foreign")
    disk = make_disk(LoopDisk, tmp_path, size=512 * MIB)
    filler = disk.path / "filler"
    with Torture(tmp_path / "clients", disk.path / "data", seeded("no space because of others"), faulty=True,
                 may_fill=True) as torture:
        counts = torture.book.counts

        def crash() -> None:
            before = counts["no_room"]
            fill(filler)
            daemon = torture.daemon
            load_until(torture, lambda: counts["no_room"] > before + 3 or daemon.process.poll() is not None)
            ended = daemon.process.poll() is not None
            if ended:
                code = daemon.wait_for_end(1)
                assert code == 70, f"slipwayd ended with {code}:\n{daemon.log_tail()}"
            else:
                daemon.kill()
            torture.load.pause()
            refuses_or_serves(torture)
            filler.unlink()
            totals.add(filled=1, exits_70=int(ended))

        torture.run(cycles, crash, totals)
    assert totals["filled"] == cycles


def leave(ballast: Path, room: int) -> None:
    """Makes the ballast so large, or so small, that about `room` is left; the load may take some of it meanwhile."""
    def excess() -> int:
        counted = os.statvfs(ballast.parent)
        return counted.f_bavail * counted.f_frsize - room

    with open(ballast, "ab") as file:
        with contextlib.suppress(OSError):
            while (step := min(excess(), 4 * MIB)) > 0:
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step)
        file.truncate(max(0, os.fstat(file.fileno()).st_size + min(0, excess())))


def fill(path: Path) -> None:
    """Takes every block, those reserved for root, too."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        end = 0
        for size in (64 * MIB, MIB, 4096):
            with contextlib.suppress(OSError):
                while True:
                    os.posix_fallocate(file, end, size)
                    end += size
        with pytest.raises(OSError):
            os.posix_fallocate(file, end, 4096)
        os.fsync(file)
    finally:
        os.close(file)
