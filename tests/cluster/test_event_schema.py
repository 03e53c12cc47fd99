"""The schema of events in Kafka: what was written with any of its versions is read with the newest one.

tests/cluster/data/events has every version, N.avsc, and records that were written with it, N-NAME.avro; what slipway writes is
compared with those of the newest version by src/adapters/kafka/event_message_test.cpp. A schema that was released is never
changed: its successor is N+1.avsc, with records of its own.
"""

from pathlib import Path

import avro.schema
import pytest

from avro_events import SCHEMA, decode, fingerprint, schema_of

DATA = Path(__file__).parent / "data/events"
VERSIONS = sorted(DATA.glob("*.avsc"), key=lambda path: int(path.stem))
RECORDS = sorted(DATA.glob("*.avro"))

SMALL = {
    "id": "2" * 32, "source": "/slipway", "type": "upload.created", "time": 1767225600123, "upload_id": "1" * 32, "sequence": 1,
    "owner": "alice", "file_name": "a.mp4", "content_type": "", "size": None, "chain": None, "crc64nvme": None, "sha256": None,
    "md5": None, "metadata": {}, "reason": None, "traceparent": None, "part_number": None, "storage_node": None,
}
FULL = {
    **SMALL, "type": "file.replicated", "sequence": None, "file_name": "übung", "content_type": "video/mp4", "size": 1 << 40,
    "chain": "c0" * 32, "crc64nvme": "c1" * 8, "sha256": "c2" * 32, "md5": "c3" * 16, "metadata": {"a": "1", "b": ""},
    "reason": "expired", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "part_number": 7,
    "storage_node": "dr",
}


def test_the_fingerprint_is_that_of_the_specification():
    assert fingerprint(avro.schema.parse('"null"')) == 0x63DD24E7CC258F8A.to_bytes(8, "little")


def test_the_newest_version_is_the_one_that_is_published():
    newest = VERSIONS[-1]
    assert SCHEMA.read_text() == newest.read_text()
    assert [int(path.stem) for path in VERSIONS] == list(range(1, len(VERSIONS) + 1))


def test_every_field_says_what_it_is():
    schema = schema_of(SCHEMA)
    assert schema.doc and all(field.doc for field in schema.fields)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_what_was_written_with_any_version_is_read_with_the_newest(path: Path):
    version, name = path.stem.split("-")
    record = decode(path.read_bytes(), schema_of(DATA / f"{version}.avsc"), schema_of(SCHEMA))
    expected = {"small": SMALL, "full": FULL}[name]
    assert {key: record[key] for key in expected} == expected


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_readers_of_any_version_read_what_is_written_now(path: Path):
    """Who has not heard of the newest schema yet, but can look it up."""
    record = decode((DATA / f"{len(VERSIONS)}-full.avro").read_bytes(), schema_of(SCHEMA), schema_of(path))
    assert record["id"] == FULL["id"]


def test_there_are_records_of_every_version():
    assert {path.stem for path in RECORDS} == {f"{path.stem}-{name}" for path in VERSIONS for name in ("small", "full")}
