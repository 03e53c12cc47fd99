"""What a store makes of a body of which the second half never came: nothing, or so it should be."""

import base64
import hashlib
import json
import random
import urllib.error
import urllib.parse

import pytest

from admin import Admin
from signed_calls import break_off, call

BODY = b"x" * (8 << 20)
MD5 = {"content-md5": base64.b64encode(hashlib.md5(BODY).digest()).decode()}


@pytest.fixture
def admin(store, tmp_path):
    admin = Admin(tmp_path, store, bucket=f"b{random.SystemRandom().randrange(2**48):x}")
    admin.bucket = admin.config.read_text().split("bucket = '")[1].split("'")[0]
    admin.ok("bucket", "create")
    return admin


def test_a_body_with_a_digest_is_stored_whole_or_not_at_all(admin, store):
    break_off(store, f"/{admin.bucket}/own/key", "", BODY, MD5)
    assert admin.run("object", "head", "own/key").code == 3


def test_without_a_digest_not_every_store_sees_that_it_is_not_whole(admin, store):
    admin.describe(store.url, bucket=admin.bucket, checksum="none")
    # The probe waits half a second for the store to see the end of a connection; a busy machine may take longer.
    tries = 10 if store.lacks("whole bodies") else 1
    looks = (json.loads(admin.ok("check", "--json").out)["capabilities"]["needs_digests"] for _ in range(tries))
    assert any(looks) == store.lacks("whole bodies")
    break_off(store, f"/{admin.bucket}/own/key", "", BODY, {})
    if store.lacks("whole bodies"):
        assert admin.ok("object", "get", "own/key", "-o", "-").out != BODY
    else:
        assert admin.run("object", "head", "own/key").code == 3


def test_a_part_survives_an_attempt_that_broke_off(admin, store):
    path, content = f"/{admin.bucket}/own/key", b"whole part"
    upload = call(store, "POST", path, "uploads=").split("<UploadId>")[1].split("</UploadId>")[0]
    part = f"partNumber=1&uploadId={urllib.parse.quote(upload, safe='')}"
    call(store, "PUT", path, part, content)
    break_off(store, path, part, BODY, MD5)

    assert admin.ok("multipart", "parts", "own/key", upload).text.startswith(f"1  {len(content)}  ")
    parts = (f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{hashlib.md5(content).hexdigest()}</ETag>"
             "</Part></CompleteMultipartUpload>").encode()
    complete = part.removeprefix("partNumber=1&")
    if store.lacks("broken attempts"):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            call(store, "POST", path, complete, parts)
        call(store, "PUT", path, part, content)
    call(store, "POST", path, complete, parts)
    assert admin.ok("object", "get", "own/key", "-o", "-").out == content
