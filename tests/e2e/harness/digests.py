"""The digests of docs/protocol.md, written independently of the server, so that one can judge the other.

The CRCs go byte by byte: use them on small data.
"""

import base64
import hashlib
from functools import cache


@cache
def _table(reflected_polynomial: int) -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (reflected_polynomial if value & 1 else 0)
        table.append(value)
    return table


def _crc(data: bytes, reflected_polynomial: int, bits: int) -> str:
    table, mask = _table(reflected_polynomial), (1 << bits) - 1
    value = mask
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
    return f"{value ^ mask:0{bits // 4}x}"


def crc64nvme(data: bytes) -> str:
    return _crc(data, 0x9A6C9329AC4BC9B5, 64)


def crc32c(data: bytes) -> str:
    return _crc(data, 0x82F63B78, 32)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def base64_of(hexadecimal: str) -> str:
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def chain(part_sha256s: list[str]) -> str:
    """H0 = SHA-256("slipway-chain-v1"), Hi = SHA-256(H(i-1) || SHA-256 of part i)."""
    value = hashlib.sha256(b"slipway-chain-v1").digest()
    for digest in part_sha256s:
        value = hashlib.sha256(value + bytes.fromhex(digest)).digest()
    return value.hex()
