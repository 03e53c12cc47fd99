"""A slipwayd with its files in an S3 store, for the tests."""

import json
import random
import time
from pathlib import Path

from admin import Admin
from harness.daemon import Daemon, patience
from harness.uploads import Upload


class Gateway:
    """A slipwayd over a bucket of its own."""

    def __init__(self, store, folder: Path, *args: str, **described: str):
        self.admin = Admin(folder, store, bucket=f"b{random.SystemRandom().randrange(2**48):x}", **described)
        self.admin.ok("bucket", "create")
        self.daemon = Daemon(folder / "data", folder / "slipwayd.log", args=["--config", str(self.admin.config), *args],
                             env={"SLIPWAY_STORE_MAIN_ACCESS_KEY_ID": store.access_key,
                                  "SLIPWAY_STORE_MAIN_SECRET_ACCESS_KEY": store.secret_key})
        self.daemon.data_dir.mkdir(parents=True)

    @property
    def client(self):
        return self.daemon.client

    def keys(self) -> list[str]:
        """Of the objects in the bucket, but for their prefix."""
        listed = self.admin.ok("object", "list", "--json").text.splitlines()
        return sorted(json.loads(line)["key"].removeprefix("own/") for line in listed)

    def multipart(self) -> list[str]:
        """Uploads that are open in the bucket."""
        return self.admin.ok("multipart", "list", "--json").text.splitlines()


def completed(upload: Upload, body=None) -> dict:
    """The file, however long the store takes to put it together."""
    deadline = time.monotonic() + patience(120)
    while (reply := upload.complete(body)).status == 202:
        assert reply.json()["state"] in ("assembling", "verifying"), reply
        assert time.monotonic() < deadline, upload.status()
        time.sleep(0.1)
    assert reply.status == 200, reply
    return reply.json()


def wait_for(what, seconds: float = 60) -> None:
    deadline = time.monotonic() + patience(seconds)
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)
