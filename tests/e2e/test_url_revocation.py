"""The part URLs of one upload are revoked: those of before are refused for good, those asked for afterwards are good."""

import os

from harness.uploads import KIB, Upload


def revoke(upload):
    return upload.client.post(f"/upload/{upload.id}/revoke-urls")


def test_urls_of_before_are_refused_also_after_a_crash(server):
    upload, other = (Upload(server.client, os.urandom(12 * KIB)) for _ in range(2))
    assert upload.put(1).status == 200
    later = {3: upload.url(3)}
    reply = revoke(upload)
    template = f"/upload/{upload.id}/part?part_number={{part_number}}"
    assert (reply.status, reply.json()) == (200, {"upload_id": upload.id, "epoch": 2, "part_url_template": template})
    for _ in range(2):
        for number in upload.numbers:
            refused = upload.put(number)
            assert (refused.status, refused.error) == (403, "url_revoked"), refused
        assert other.put(1).status == 200
        server.kill()
        server.start()
    assert list(upload.stored()) == [1]
    upload.urls = later
    assert [upload.put(number).status for number in upload.numbers] == [200, 200, 403]
    fresh = server.client.get(template.format(part_number=3)).json()["url"]
    assert "epoch=2" in fresh
    upload.urls[3] = fresh
    assert upload.put(3).status == 200
    assert upload.complete().status == 200
    assert upload.download().body == upload.data


def test_each_revocation_ends_what_was_signed_before_it(api):
    upload = Upload(api, os.urandom(4 * KIB))
    assert [revoke(upload).json()["epoch"] for _ in range(2)] == [2, 3]
    upload.urls.clear()
    assert upload.put(1).status == 200
    assert revoke(upload).status == 200
    assert (upload.put(1).status, upload.put(1).error) == (403, "url_revoked")
    upload.abort()


def test_there_is_nothing_to_revoke_of_what_has_ended(api):
    upload = Upload(api, b"x" * KIB)
    upload.finished()
    assert (revoke(upload).status, revoke(upload).error) == (409, "upload_complete")
    upload = Upload(api, b"x" * KIB)
    upload.abort()
    assert (revoke(upload).status, revoke(upload).error) == (410, "upload_aborted")
    upload.id = "0" * 32
    assert (revoke(upload).status, revoke(upload).error) == (404, "upload_not_found")
