"""File systems of a test's own: one whose power can be cut, one without room beneath it, one that is just small.

They take the right to mount. Without it `Unavailable` says what is missing, and the test is skipped with that reason.
"""

import contextlib
import fcntl
import os
import struct
import subprocess
import time
from pathlib import Path

# ext4's EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are one number; ioctl_xfs_goingdown(2).
_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH, LOG_FLUSH, FLUSH = 2, 1, 0

_MAKE = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"]}


class Unavailable(Exception):
    """This machine, or this user, cannot have such a file system."""


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        raise Unavailable(f"{command[0]} is not installed") from None
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout.strip()


def _mount(source: str, target: Path, kind: str, options: str = "") -> None:
    target.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", kind, *(["-o", options] if options else []), source, str(target))


def _unmount(target: Path) -> None:
    """A process that was killed a moment ago may still hold it."""
    for attempt in range(200):
        done = subprocess.run(["umount", str(target)], capture_output=True, text=True)
        if done.returncode == 0:
            return
        time.sleep(0.01 * min(attempt + 1, 10))
    raise AssertionError(f"cannot unmount: {done.stderr.strip()}")


class LoopDisk:
    """A file system on a loop device over a sparse image, mounted at `path`."""

    def __init__(self, directory: Path, kind: str = "ext4", size: int = 512 << 20, path: Path | None = None):
        self.kind, self.path = kind, path or directory / "disk"
        self.image = directory / f"{kind}.img"
        self.device, self.mounted = "", False
        try:
            with open(self.image, "wb") as image:
                image.truncate(size)
            _run(*_MAKE[kind], *self._options(), str(self.image))
            self._prepare()
            self.device = _run("losetup", "--find", "--show", str(self.image))
            self._before_mount()
            self.mount()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "LoopDisk":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _options(self) -> list[str]:
        return []

    def _prepare(self) -> None:
        """What else has to be done with the image."""

    def _before_mount(self) -> None:
        """What has to be done with the device."""

    def mount(self) -> None:
        """Replays the journal when the last mount ended in a cut."""
        _mount(self.device, self.path, self.kind)
        self.mounted = True

    def unmount(self) -> None:
        _unmount(self.path)
        self.mounted = False

    def cut(self, flag: int) -> None:
        """The power goes. NO_LOG_FLUSH: what was not synced is lost; LOG_FLUSH: names stay and their data are lost;
        FLUSH: everything up to this moment is there."""
        directory = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(directory, _SHUTDOWN, struct.pack("I", flag))
        finally:
            os.close(directory)

    def remount(self) -> None:
        """The machine starts again: nothing of it is in memory any more."""
        self.unmount()
        self.mount()

    def close(self) -> None:
        if self.mounted:
            self.unmount()
        if self.device:
            subprocess.run(["losetup", "--detach", self.device], check=False)
            self.device = ""
        self.image.unlink(missing_ok=True)


class ThinDisk(LoopDisk):
    """An ext4 that believes in more room than is beneath it, as on a thin-provisioned volume: choked, a write to a
    block that was never written fails when it is synced, and the kernel tells it once."""

    SIZE = 256 << 20

    def __init__(self, directory: Path, path: Path, journal_has_room: bool = True):
        self.below, self.journal_has_room = directory / "below", journal_has_room
        _mount("tmpfs", self.below, "tmpfs", f"size={self.SIZE + (16 << 20)}")
        try:
            super().__init__(self.below, "ext4", self.SIZE, path)
        except BaseException:
            subprocess.run(["umount", "-l", str(self.below)], check=False)
            raise

    def _options(self) -> list[str]:
        return ["-b", "4096", "-J", "size=4"]

    def _prepare(self) -> None:
        """Else the journal is the first to fail, which ends the file system for good."""
        if not self.journal_has_room:
            return
        listed = _run("debugfs", "-R", "blocks <8>", str(self.image)).split()
        with open(self.image, "r+b") as image:
            for block in map(int, listed):
                image.seek(block * 4096)
                data = image.read(4096)
                image.seek(block * 4096)
                image.write(data)

    def _before_mount(self) -> None:
        """A page a request: where a request is written in part, the loop driver (drivers/block/loop.c, lo_complete_rq)
        calls it a success, and no program on earth could know that the rest is missing."""
        self._limit = Path("/sys/block") / Path(self.device).name / "queue/max_sectors_kb"
        self._usual_limit = self._limit.read_text()
        self._limit.write_text("4")

    def choke(self, slack: int) -> None:
        """From now on there is room for `slack` more bytes."""
        for _ in range(20):  # it may have grown between the two calls, and then it cannot be made so small
            counted = os.statvfs(self.below)
            used = (counted.f_blocks - counted.f_bfree) * counted.f_frsize
            with contextlib.suppress(Unavailable):
                _run("mount", "-o", f"remount,size={used + slack}", str(self.below))
                return
        raise AssertionError("the room beneath the disk cannot be limited")

    def relieve(self) -> None:
        _run("mount", "-o", f"remount,size={self.SIZE + (16 << 20)}", str(self.below))

    def close(self) -> None:
        if self.device:
            self._limit.write_text(self._usual_limit)
        try:
            super().close()
        finally:
            subprocess.run(["umount", "-l", str(self.below)], check=False)


class BindMount:
    """A directory seen at another place, which may be on another file system."""

    def __init__(self, source: Path, path: Path):
        source.mkdir(parents=True, exist_ok=True)
        path.mkdir(parents=True, exist_ok=True)
        self.source, self.path = source, path
        self.mounted = False
        self.mount()

    def mount(self) -> None:
        _run("mount", "--bind", str(self.source), str(self.path))
        self.mounted = True

    def unmount(self) -> None:
        _unmount(self.path)
        self.mounted = False

    def close(self) -> None:
        if self.mounted:
            self.unmount()
