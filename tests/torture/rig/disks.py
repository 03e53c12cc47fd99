"""File systems of a test's own: one whose power can be cut, one without room beneath it, one that is just small.

They take the right to mount. Without it `Unavailable` says what is missing, and the test is skipped with that reason.
"""

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
    """A file system on a loop device over a sparse image."""

    def __init__(self, directory: Path, kind: str = "ext4", size: int = 512 << 20, image_directory: Path | None = None):
        self.kind, self.path = kind, directory / "disk"
        self.image = (image_directory or directory) / f"{kind}.img"
        self.device, self.mounted = "", False
        try:
            with open(self.image, "wb") as image:
                image.truncate(size)
            _run(*_MAKE[kind], str(self.image))
            self.device = _run("losetup", "--find", "--show", str(self.image))
            self.mount()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "LoopDisk":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def mount(self) -> None:
        """Replays the journal when the last mount ended in a cut."""
        _mount(self.device, self.path, self.kind)
        self.mounted = True

    def unmount(self) -> None:
        _unmount(self.path)
        self.mounted = False

    def cut(self, flag: int) -> None:
        """The power goes. NO_LOG_FLUSH: what was not synced is lost; LOG_FLUSH: names stay and their data are lost; FLUSH:
        everything up to this moment is there."""
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
