"""What the data directory may do to a start and to an upload: a full disk, an unknown format, no right to write."""

import os
import time

import pytest

from harness.daemon import patience
from harness.forms import file, form, post_form
from harness.uploads import KIB, MIB, Upload


def test_a_full_disk_refuses_new_uploads_and_loses_nothing(small_disk, start_server):
    server = start_server(data_dir=small_disk / "data")
    kept = Upload(server.client, os.urandom(3 * MIB), MIB)
    kept.finished()
    begun = Upload(server.client, os.urandom(4 * MIB), MIB)
    begun.put(1)
    refused, held = None, []
    for _ in range(40):
        reply = server.client.post("/upload/init", {"file_name": "fills", "total_parts": 16, "chunk_size": MIB,
                                                    "file_size": 16 * MIB})
        if reply.status != 200:
            refused = reply
            break
        held.append(reply.json()["upload_id"])
    assert refused is not None and held
    assert (refused.status, refused.error) == (507, "insufficient_storage"), refused
    # What was admitted has its room.
    assert begun.finished()["size"] == 4 * MIB
    assert kept.download().body == kept.data and begun.download().body == begun.data
    server.kill()
    server.start()
    assert kept.download().body == kept.data and begun.download().body == begun.data
    for upload_id in held:
        assert server.client.delete(f"/upload/{upload_id}").status == 204
    Upload(server.client, os.urandom(16 * MIB), MIB).finished()


def test_a_form_that_does_not_fit_is_refused_and_leaves_nothing(small_disk, start_server):
    server = start_server(data_dir=small_disk / "data")
    kept = post_form(server.client, form(file("kept", os.urandom(3 * MIB)))).json()
    head, end = form(file("large", b"")).split(b"\r\n\r\n\r\n", 1)
    pieces = [head + b"\r\n\r\n", *[bytes(MIB)] * 300, b"\r\n" + end]
    # Told with the first bytes where the length is stated, else when the room is used up.
    for sent in (b"".join(pieces), iter(pieces)):
        reply = post_form(server.client, sent)
        assert (reply.status, reply.error) == (507, "insufficient_storage"), reply
        assert [item["file_id"] for item in server.client.get("/files").json()["files"]] == [kept["temp_file_id"]]
        assert not list((server.data_dir / "blobs/staging").glob("*/*"))
    assert len(server.client.get(kept["url"]).body) == 3 * MIB
    assert post_form(server.client, form(file("fits", bytes(100 * MIB)))).status == 200


def test_a_start_without_room_says_so_and_changes_nothing(small_disk, start_server):
    server = start_server(data_dir=small_disk / "data")
    kept = Upload(server.client, os.urandom(3 * MIB), MIB)
    kept.finished()
    server.kill()
    with open(small_disk / "filler", "wb", buffering=0) as filler, pytest.raises(OSError):
        while True:
            filler.write(bytes(4 * KIB))
    for _ in range(2):
        assert server.spawn().wait(10) == 1, server.log_tail()
        assert "bytes of room" in server.log_tail(1), server.log_tail()
    (small_disk / "filler").unlink()
    server.start()
    assert kept.download().body == kept.data


def format_files(data_dir):
    """The files that say in which version of a format the data are kept."""
    return [path for path in data_dir.rglob("*") if path.is_file() and "format" in path.name.lower()]


def test_an_unknown_format_is_refused_and_left_alone(server):
    Upload(server.client, b"f" * KIB, KIB).finished()
    assert server.terminate() == 0
    found = format_files(server.data_dir)
    assert found, "the data directory names no format"
    for path in found:
        original = path.read_bytes()
        path.write_bytes(original.replace(b"1", b"9999"))
        process = server.spawn()
        try:
            assert process.wait(20) not in (0, -6, -11), server.log_tail()
        finally:
            process.kill()
        assert "format" in server.log_tail(5).lower() or "version" in server.log_tail(5).lower(), server.log_tail()
        assert path.read_bytes() == original.replace(b"1", b"9999")
        path.write_bytes(original)
    server.start()


def test_a_foreign_directory_is_refused(start_server):
    server = start_server(wait=False)
    blobs = server.data_dir
    (blobs / "holiday.jpg").write_bytes(b"not ours")
    process = server.spawn()
    deadline = time.monotonic() + patience(30)
    while process.poll() is None and not (blobs / "slipwayd.addr").exists():
        assert time.monotonic() < deadline, server.log_tail()
        time.sleep(0.05)
    code = process.poll()
    if code is None:
        process.terminate()
        assert process.wait(patience(10)) == 0
    # Refusing is right, and so is working beside it; touching it is not.
    assert code is None or code != 0
    assert (blobs / "holiday.jpg").read_bytes() == b"not ours"


@pytest.mark.parametrize("arguments", [["--listen", "nonsense"], ["--listen", "127.0.0.1:99999"], ["--unheard-of"],
                                       ["--config", "/nonexistent/slipway.toml"], ["extra"]])
def test_a_wrong_command_line_is_refused_with_a_reason(start_server, arguments):
    server = start_server(args=arguments, wait=False)
    process = server.spawn()
    try:
        assert process.wait(10) not in (0, -6, -11), server.log_tail()
    finally:
        process.kill()
    assert server.log_tail().strip()
