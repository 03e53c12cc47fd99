"""multipart/form-data as clients send it: built by hand, byte for byte, and by curl."""

import http.client
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from .http import Client, Reply

BOUNDARY = "----slipway-test-7b1d"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def field(name: str, value: str | bytes) -> bytes:
    content = value.encode() if isinstance(value, str) else value
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + b"\r\n"


def file(name: str, content: bytes, field_name: str = "upload", content_type: str = "text/plain") -> bytes:
    head = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field_name}"; filename="{name}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n")
    return head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def post_form(client: Client, body: Any, target: str = "/upload", **more: Any) -> Reply:
    """A body of bytes goes with its length, an iterable chunked."""
    return client.post(target, body, headers={"Content-Type": FORM} | more.pop("headers", {}), **more)


def curl_form(server: Any, directory: Path, *arguments: str, target: str = "/upload", auth: bool = True) -> Reply:
    """What `curl -F…` is answered; the files that the arguments name lie in `directory`."""
    command = ["curl", "-sS", "-o", "answer", "-w", "%{http_code} %{content_type}", *arguments]
    command += ["-H", f"Authorization: Bearer {server.key}"] if auth else []
    url = target if target.startswith("http") else server.url + target
    done = subprocess.run([*command, url], cwd=directory, env=os.environ | {"HOME": str(directory)},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    status, _, kind = done.stdout.partition(" ")
    headers = http.client.HTTPMessage()
    headers["Content-Type"] = kind
    return Reply(int(status), headers, (directory / "answer").read_bytes())


def claim(client: Client, temp_file_id: str, **members: Any) -> Reply:
    return client.post("/files", json.dumps({"temp_file_id": temp_file_id} | members).encode())
