"""`slipway admin store` for one store."""

import os
import subprocess
from pathlib import Path

from servers import BIN_DIR, Server


class Outcome:
    def __init__(self, done: subprocess.CompletedProcess):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr.decode()

    @property
    def text(self) -> str:
        return self.out.decode()

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out[-4000:]!r}\n{self.err[-4000:]}"


class Admin:
    """`slipway admin store` for one store, described by a file in `folder`."""

    def __init__(self, folder: Path, store: Server | None = None, **keys: object):
        self.folder, self.config = folder, folder / "stores.toml"
        self.access_key, self.secret_key = (store.access_key, store.secret_key) if store else ("none", "none")
        self.describe(store.url if store else "http://127.0.0.1:1", **keys)

    def describe(self, url: str, **keys: object) -> None:
        described = {"name": "main", "kind": "s3", "endpoint": url, "bucket": "uploads", "prefix": "own/"} | keys
        lines = [f"{key} = {value if isinstance(value, int) else repr(str(value))}" for key, value in described.items()]
        self.config.write_text("\n".join(["[[store]]", *lines, ""]))

    def run(self, *words: object, env: dict[str, str] | None = None) -> Outcome:
        environment = os.environ | {"SLIPWAY_STORE_MAIN_ACCESS_KEY_ID": self.access_key,
                                    "SLIPWAY_STORE_MAIN_SECRET_ACCESS_KEY": self.secret_key} | (env or {})
        command = [BIN_DIR / "slipway", "admin", "store", "--config", self.config, *map(str, words)]
        return Outcome(subprocess.run(command, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                                      capture_output=True, timeout=120))

    def ok(self, *words: object, **options: object) -> Outcome:
        outcome = self.run(*words, **options)
        assert outcome.code == 0, outcome
        return outcome
