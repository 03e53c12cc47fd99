"""After a crash and a restart: is everything there that was acknowledged, byte by byte, and nothing else?

The judge lists what the server lists, reads the blobs from the disk at the places that docs/on-disk-format.md names,
and resolves the client's doubts: what was asked and never answered is there as a whole or not at all.
"""

import os
import random
import time
from pathlib import Path
from typing import Any

from harness.digests import sha256
from harness.http import Client

from .book import Book, Known, State, Violation

# An upload whose Create was cut before its record leaves a blob that no record names, and so does a file whose Delete
# was cut before its blob was removed. Each must be explained by a request that was never answered, and is counted; the
# server must have collected them whenever it is given the time. False: the torture removes them between two lives.
ORPHANS_ARE_COLLECTED = True
# The trash is emptied at once: on a small disk it would take the room in which the faults are to happen.
COLLECTOR_ARGUMENTS = ["--storage.orphan_age", "1s", "--storage.trash_keep", "0s",
                       "--storage.upkeep_interval", "200ms"]
COLLECTION_SECONDS = 30.0

_SAMPLE = 4


def pages(client: Client, target: str, member: str) -> list[dict[str, Any]]:
    items, after = [], None
    while True:
        reply = client.get(f"{target}?limit=1000" + (f"&after={after}" if after else ""))
        if reply.status != 200:
            raise Violation(f"GET {target}: {reply}")
        items += reply.json()[member]
        after = reply.json()["next"]
        if after is None:
            return items


def blobs(data_dir: Path, area: str) -> dict[str, Path]:
    """Every blob of "staging" or "files" by its id, whatever the shard."""
    return {path.name: path for path in (data_dir / "blobs" / area).glob("*/*")}


class Judge:
    def __init__(self, book: Book, data_dir: Path, rng: random.Random, faulty: bool = False):
        self.book, self.data_dir, self.rng, self.faulty = book, data_dir, rng, faulty
        self.orphans: list[Path] = []
        self.unanswered_creates = 0

    def after_crash(self, client: Client) -> None:
        """Raises Violation with everything that was found wrong."""
        self._client, self._wrong, self.book.cutting = client, [], False
        self.book.judge_violations()
        opened = {upload["upload_id"]: upload for upload in pages(client, "/uploads", "uploads")}
        files = {file["file_id"]: file for file in pages(client, "/files", "files")}
        self._adopt(opened)
        for known in list(self.book.live):
            self._judge_state(known, opened.get(known.id), files.get(known.id))
        self._nothing_else(opened, files)
        for known in self.book.of(State.OPEN):
            self._judge_parts(known)
        for known in self.book.of(State.COMPLETE):
            self._judge_file(known)
        self._judge_ended(self.rng.sample(self.book.ended, min(_SAMPLE, len(self.book.ended))) +
                          [known for known in self.book.ended if known.life >= self.book.life - 1])
        self._judge_ghosts()
        if self._wrong:
            raise Violation("\n".join(self._wrong[:20]))
        self.book.life += 1

    def at_the_end(self, client: Client) -> None:
        """Ends everything in good order: every open upload becomes a file, every file is read and deleted, and then no
        byte may be left."""
        self._client, self._wrong = client, []
        self.book.judge_violations()
        for known in self.book.of(State.OPEN):
            for number in range(1, known.total + 1):
                url = client.get(f"/upload/{known.id}/part?part_number={number}").json()["url"]
                reply = client.put(url, known.part(number))
                wanted = "already_stored" if number in known.acknowledged else "stored"
                self._expect(reply.status == 200 and reply.json()["status"] == wanted,
                             f"part {number} of {known}: {reply}")
            reply = client.post(f"/upload/{known.id}/complete")
            self._expect(reply.status == 200, f"complete of {known}: {reply}")
            if reply.status == 200:
                self.book.ended_as(known, State.COMPLETE, reply.json())
        for known in self.book.of(State.COMPLETE):
            reply = client.get(f"/files/{known.id}")
            self._expect(reply.status == 200 and reply.body == known.data, f"download of {known} differs")
            reply = client.delete(f"/files/{known.id}")
            self._expect(reply.status == 204, f"delete of {known}: {reply}")
            self.book.ended_as(known, State.DELETED)
        self._judge_ended(self.book.ended)
        self._judge_ghosts()
        if self._wrong:
            raise Violation("\n".join(self._wrong[:20]))
        self.await_collection()

    def remove_orphans(self) -> None:
        """What a collector does, durably: else the next cut would bring them back. The server is down."""
        if ORPHANS_ARE_COLLECTED:
            self.orphans = [path for path in self.orphans if path.exists()]
            return
        for path in self.orphans:
            path.unlink(missing_ok=True)
            directory = os.open(path.parent, os.O_RDONLY)
            os.fsync(directory)
            os.close(directory)
        self.orphans = []

    def await_collection(self) -> None:
        """Gives the collector its time: a server that was just started looks at everything anew."""
        deadline = time.monotonic() + COLLECTION_SECONDS
        while ORPHANS_ARE_COLLECTED and (left := [path for path in self.orphans if path.exists()]):
            if time.monotonic() > deadline:
                raise Violation(f"not collected: {[path.name for path in left]}")
            time.sleep(0.1)
        if ORPHANS_ARE_COLLECTED:
            self.book.counts["orphans_collected"] = self.book.counts["orphans"]

    def _expect(self, holds: bool, text: str) -> None:
        if not holds:
            self._wrong.append(text)

    def _adopt(self, opened: dict[str, Any]) -> None:
        """A Create that was never answered may have happened."""
        by_name = {upload["file_name"]: upload for upload in opened.values()}
        self.unanswered_creates = 0
        for known in list(self.book.live):
            if known.doubt != "create":
                continue
            upload = by_name.get(known.tag)
            if upload is None:
                self.unanswered_creates += 1
                self.book.never_was(known)
                continue
            known.id = upload["upload_id"]
            self.book.saw(known, State.OPEN)

    def _judge_state(self, known: Known, upload: Any, file: Any) -> None:
        if upload is not None and file is not None:
            self._wrong.append(f"{known} is listed as an upload and as a file")
            return
        seen = State.OPEN if upload is not None else State.COMPLETE if file is not None else None
        if seen is None:
            seen = {State.OPEN: State.ABORTED, State.COMPLETE: State.DELETED}.get(known.state)
        possible = {known.state} | ({known.doubt} if known.doubt else set())
        if seen not in possible:
            listed = "listed as open" if upload else "listed as a file" if file else "not listed"
            self._wrong.append(f"{known} was {known.state.value}, {known.doubt} was asked for, and it is {listed}")
            return
        self.book.saw(known, seen)

    def _nothing_else(self, opened: dict[str, Any], files: dict[str, Any]) -> None:
        ours = {known.id: known for known in self.book.live}
        for listed in [*opened, *files]:
            self._expect(listed in ours, f"{listed} is listed, and nobody knows it")
        for upload in opened.values():
            self._expect(upload["state"] == "open", f"{upload['upload_id']} is {upload['state']} after the start")

    def _judge_parts(self, known: Known) -> None:
        reply = self._client.get(f"/upload/chunks?upload_id={known.id}")
        if reply.status != 200:
            self._wrong.append(f"chunks of {known}: {reply}")
            return
        stored = {part["part_number"]: part["sha256"] for part in reply.json()["parts"]}
        for number in sorted(known.acknowledged):
            self._expect(number in stored, f"part {number} of {known} was acknowledged and is lost")
        path = self.data_dir / "blobs/staging" / known.id[:2] / known.id
        if not path.exists():
            self._wrong.append(f"{known} has no blob")
            return
        with open(path, "rb") as blob:
            for number, digest in stored.items():
                self._expect(digest == known.digest(number), f"part {number} of {known} is listed as {digest}")
                blob.seek((number - 1) * known.chunk)
                on_disk = blob.read(len(known.part(number)))
                self._expect(on_disk == known.part(number), f"part {number} of {known} has wrong bytes on the disk")
        known.acknowledged = dict(stored)  # what was told once is never taken back
        self.book.counts["parts_read"] += len(stored)

    def _judge_file(self, known: Known) -> None:
        path = self.data_dir / "blobs/files" / known.id[:2] / known.id
        self._expect(path.exists() and path.read_bytes() == known.data, f"file {known} has wrong bytes on the disk")
        self.book.counts["files_read"] += 1
        if known.life < self.book.life and self.rng.random() < 0.9:
            return
        again = self._client.post(f"/upload/{known.id}/complete")
        self._expect(again.status == 200 and known.answer in (None, again.json()),
                     f"complete of {known}, answered {known.answer}, is now answered {again}")
        if again.status == 200:
            known.answer = again.json()
        reply = self._client.get(f"/files/{known.id}")
        self._expect(reply.status == 200 and reply.body == known.data, f"download of {known} differs: {reply}")

    def _judge_ended(self, ended: list[Known]) -> None:
        for known in ended:
            gone = self._client.get(f"/files/{known.id}")
            self._expect(gone.status == 404, f"{known} was {known.state} and its file is served")
            if known.state is State.ABORTED:
                reply = self._client.get(f"/upload/{known.id}")
                self._expect(reply.status == 200 and reply.json()["state"] == "aborted",
                             f"{known} was aborted: {reply}")

    def _judge_ghosts(self) -> None:
        """Every blob belongs to what the server lists; what does not, and was not counted before, is explained."""
        opened = {known.id for known in self.book.of(State.OPEN)}
        files = {known.id for known in self.book.of(State.COMPLETE)}
        ghosts = {name: path for name, path in blobs(self.data_dir, "staging").items()
                  if name not in opened and path not in self.orphans}
        deleted = {name: path for name, path in blobs(self.data_dir, "files").items()
                   if name not in files and path not in self.orphans}
        unknown_to_all = [name for name in ghosts if name not in {known.id for known in self.book.ended}]
        self._expect(len(unknown_to_all) == len(ghosts), f"blobs of ended uploads: {ghosts}")
        self._expect(len(ghosts) <= self.unanswered_creates,
                     f"{len(ghosts)} staged blobs without a record, {self.unanswered_creates} Creates unanswered")
        # A Delete is answered once no reader finds the file; on a disk that fails, its room may be freed later.
        unanswered = {known.id for known in self.book.ended
                      if known.state is State.DELETED and (known.cut or self.faulty) and known.life >= self.book.life}
        self._expect(set(deleted) <= unanswered, f"published blobs without a file: {set(deleted) - unanswered}")
        self.orphans += [*ghosts.values(), *deleted.values()]
        self.book.counts["orphans"] += len(ghosts) + len(deleted)
