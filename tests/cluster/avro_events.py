"""Events of Kafka read by Avro's own library."""

import io
from pathlib import Path

import avro.io
import avro.schema

from harness.daemon import REPOSITORY

SCHEMA = REPOSITORY / "docs/events/event.avsc"


def schema_of(path: Path) -> avro.schema.Schema:
    return avro.schema.parse(path.read_text())


def fingerprint(schema: avro.schema.Schema) -> bytes:
    """CRC-64-AVRO of the canonical form, as it stands in front of a record (Avro 1.11, "Schema Fingerprints")."""
    empty = 0xC15D213AA4D7A795
    sum_ = empty
    for byte in schema.canonical_form.encode():
        sum_ ^= byte
        for _ in range(8):
            sum_ = (sum_ >> 1) ^ (empty if sum_ & 1 else 0)
    return sum_.to_bytes(8, "little")


def decode(value: bytes, writer: avro.schema.Schema, reader: avro.schema.Schema) -> dict:
    """A record in single-object encoding; all of it."""
    assert value[:2] == b"\xc3\x01" and value[2:10] == fingerprint(writer), value[:10]
    body = io.BytesIO(value[10:])
    record = avro.io.DatumReader(writer, reader).read(avro.io.BinaryDecoder(body))
    assert not body.read(), "something is behind the record"
    return record
