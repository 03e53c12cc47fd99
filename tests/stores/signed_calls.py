"""Signed calls to a store for what `slipway admin store` has no command for. Paths and queries are encoded and in order."""

import hashlib
import hmac
import socket
import time
import urllib.request


def signed(store, method: str, path: str, query: str) -> dict[str, str]:
    """The fields of a request, of whatever body."""
    host, now = store.url.removeprefix("http://"), time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"{now[:8]}/us-east-1/s3/aws4_request"
    fields = {"host": host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now}
    names = ";".join(fields)
    request = "\n".join([method, path, query, *(f"{name}:{value}" for name, value in fields.items()), "", names,
                         "UNSIGNED-PAYLOAD"])
    key = f"AWS4{store.secret_key}".encode()
    for word in scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    fields["Authorization"] = (f"AWS4-HMAC-SHA256 Credential={store.access_key}/{scope},SignedHeaders={names},"
                               f"Signature={hmac.digest(key, text.encode(), 'sha256').hex()}")
    return fields


def call(store, method: str, path: str, query: str, body: bytes = b"") -> str:
    asked = urllib.request.Request(f"{store.url}{path}?{query}", body, signed(store, method, path, query), method=method)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return answer.read().decode()


def break_off(store, path: str, query: str, body: bytes, fields: dict[str, str]) -> None:
    """A PUT whose connection ends with half of its body; returns when the store has seen it end."""
    host, port = store.url.removeprefix("http://").split(":")
    fields = signed(store, "PUT", path, query) | {"content-length": str(len(body))} | fields
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(f"PUT {path}?{query} HTTP/1.1\r\n{head}\r\n".encode() + body[:len(body) // 2])
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
