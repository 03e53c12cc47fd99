"""The end of an upload by time. It runs last: the minute that the shortest life takes has then mostly passed."""

import time
from datetime import datetime, timezone


def test_an_upload_expires_and_says_so(expiring, shared_server):
    ends = datetime.fromisoformat(expiring.init.json()["expires_at"])
    rest = (ends - datetime.now(timezone.utc)).total_seconds()
    assert rest < 61
    if rest > 5:
        assert expiring.put(1).status == 200
    time.sleep(max(0.0, rest + 0.5))
    # Its URLs were never good for longer than itself.
    assert expiring.put(2).error == "url_expired"
    for reply in (expiring.client.get(f"/upload/{expiring.id}/part?part_number=2"), expiring.complete()):
        assert (reply.status, reply.error) == (410, "upload_expired"), reply
    assert expiring.status()["state"] == "expired"
    # The sweeper gives its room back.
    deadline = time.monotonic() + 20
    while any(path.stat().st_size == len(expiring.data) for path in files_of(shared_server, expiring.id)):
        assert time.monotonic() < deadline, "its bytes are still there"
        time.sleep(0.2)


def files_of(server, upload_id: str):
    return [path for path in server.data_dir.rglob("*") if upload_id[2:] in str(path) and path.is_file()]
