"""Bits that flip and ends that break off on the disk: the scrubber finds every one, and none is served after that."""

import os
import time

from harness.daemon import Daemon
from harness.uploads import KIB, Upload

from rig.judge import pages
from rig.tier import count, seeded

BATCH = 500
PATIENCE = 120.0


def damage(path, rng) -> str:
    """Flips one bit of the blob, or cuts it; says which."""
    size = path.stat().st_size
    if rng.random() < 0.2:
        os.truncate(path, rng.randrange(size))
        return "truncations"
    at = rng.choice([0, size - 1, rng.randrange(size)])
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << rng.randrange(8))]))
    return "bit_flips"


def wait_until_found(client, ids: set[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    missing = set(ids)
    while missing:
        assert time.monotonic() < deadline, f"{len(missing)} damaged files were not found"
        missing -= {file["file_id"] for file in pages(client, "/files", "files") if "damaged_at" in file}


def test_bit_rot(tmp_path, totals):
    rng, wanted = seeded("bit_rot"), count("bit_rot")
    arguments = ["--storage.scrub_interval", "100ms", "--storage.scrub_rate", "0B", "--storage.trash_keep", "0s"]
    server = Daemon(tmp_path / "data", tmp_path / "slipwayd.log", "", arguments)
    server.data_dir.mkdir()
    server.start()
    try:
        done = 0
        while done < wanted:
            now = min(BATCH, wanted - done)
            uploads = [Upload(server.client, rng.randbytes(rng.choice([1, 100, 4096, 9000, 70 * KIB])), 4 * KIB)
                       for _ in range(now + now // 4)]
            for upload in uploads:
                upload.finished()
            damaged = rng.sample(uploads, now)
            for upload in damaged:
                totals.add(**{damage(server.data_dir / "blobs/files" / upload.id[:2] / upload.id, rng): 1})
            wait_until_found(server.client, {upload.id for upload in damaged})
            hurt = {upload.id for upload in damaged}
            for upload in uploads:
                reply = upload.download()
                if upload.id in hurt:
                    assert (reply.status, reply.error) == (500, "file_damaged"), reply
                    totals.add(refused=1)
                else:
                    assert reply.status == 200 and reply.body == upload.data
                    totals.add(whole_files_served=1)
                assert server.client.delete(f"/files/{upload.id}").status == 204
            done += now
            totals.progress(done, wanted)
        assert totals["refused"] == wanted == totals["bit_flips"] + totals["truncations"]
        assert server.terminate() == 0
    finally:
        server.abandon()
