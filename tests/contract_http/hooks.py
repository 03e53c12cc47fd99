"""Gives generated requests something real to meet: uploads in every state, files, and URLs that the server has signed.

It also writes down which call was answered with which status, so that the test can say what was never reached.
Environment: SLIPWAY_URL, SLIPWAY_API_KEY, SLIPWAY_CONTRACT_SEEN (the file to write to).
"""

import json
import os
import urllib.request
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import schemathesis

URL, KEY = os.environ["SLIPWAY_URL"], os.environ["SLIPWAY_API_KEY"]
PART = 4096
DATA = bytes(range(256)) * 40  # three parts, the last one shorter

seen: Counter[tuple[str, int]] = Counter()
turns: Counter[tuple[str, str]] = Counter()


def call(method: str, target: str, body: object = None, kind: str = "application/json") -> dict:
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    fields = {"Authorization": f"Bearer {KEY}", "Content-Type": kind}
    request = urllib.request.Request(URL + target, data, fields, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"{}")


def signed(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def part(number: int) -> bytes:
    return DATA[(number - 1) * PART:number * PART]


def begun(parts: int = 1) -> dict:
    """An open upload, some of whose parts are there."""
    upload = call("POST", "/upload/init", {"file_name": "contract.bin", "file_size": len(DATA), "chunk_size": PART,
                                           "total_parts": 3, "content_type": "text/plain", "checksum": "crc32c"})
    for number in range(1, parts + 1):
        call("PUT", signed(upload["part_urls"][number - 1]["url"]), part(number))
    return upload


def aborted() -> dict:
    upload = begun()
    call("DELETE", f"/upload/{upload['upload_id']}")
    return upload


def completed() -> dict:
    upload = begun(3)
    call("POST", f"/upload/{upload['upload_id']}/complete")
    return upload


def sent_form() -> dict:
    """A temporary file."""
    body = (b'--contract\r\nContent-Disposition: form-data; name="upload"; filename="contract.bin"\r\n\r\n' + DATA +
            b"\r\n--contract--\r\n")
    return call("POST", "/upload", body, "multipart/form-data; boundary=contract")


UPLOADS: list[Callable[[], dict]] = [begun, lambda: begun(3), completed, aborted]


def send_part(case, turn: int) -> None:
    """A URL as the server signs it; the bytes that it is for, or others; digests that belong to them, or others."""
    upload = begun(turn % 2)
    url = upload["part_urls"][turn % 3]
    query = dict(parse_qsl(urlsplit(url["url"]).query))
    path = case.path_parameters
    path["id"], path["number"] = upload["upload_id"], url["part_number"]
    # Now and then one of the claims stays what was generated.
    for name, value in query.items():
        if turn % 8 != 7 or name != "len":
            case.query[name] = value
    if turn % 2:
        case.body = part(url["part_number"])
        for name in list(case.headers):
            if name.lower() in ("content-md5", "content-digest", "repr-digest") or name.lower().startswith("x-checksum"):
                del case.headers[name]


def take_little_room(body: object) -> None:
    """The room of an upload is reserved when it begins: the disk of whoever runs this is not to be filled."""
    if isinstance(body, dict):
        sizes = [body.get("chunk_size"), body.get("total_parts")]
        if all(type(size) is int and size > 0 for size in sizes) and sizes[0] * sizes[1] > 1 << 20:
            body["chunk_size"], body["total_parts"] = PART, min(sizes[1], 100)


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    operation = case.operation.definition.raw.get("operationId")
    phase = case.meta.phase.name.value if case.meta else ""
    # Requests that keep the schema take turns of their own: however few a call gets, the first of them meets something real.
    kind = case.meta.generation.mode.value if case.meta else ""
    turns[operation, kind] += 1
    turn = turns[operation, kind]
    if operation == "init":
        take_little_room(case.body)
    if operation == "upload" and turn % 3 != 0:
        case.body = {"upload": DATA[:turn]}
    if operation == "claim" and turn % 3 != 0:
        case.body = {"temp_file_id": sent_form()["temp_file_id"], "file_name": "claimed.bin"}
    if operation == "uploadParts" and kind == "positive" and phase != "stateful" and turn % 3 != 0:
        case.query["upload_id"] = UPLOADS[turn % len(UPLOADS)]()["upload_id"]
    # The stateful phase has ids of its own; every third of the other cases keeps what was generated.
    if phase == "stateful" or turn % 3 == 0 or "id" not in (case.path_parameters or {}):
        return
    if operation == "putPart":
        send_part(case, turn)
    elif operation == "retryDeadLetter":
        letters = call("GET", "/admin/dead-letters?limit=1")["dead_letters"]
        case.path_parameters["id"] = letters[0]["id"] if letters else case.path_parameters["id"]
    elif operation == "revokeKey":
        key = call("POST", "/admin/keys", {"principal": "contract", "scopes": ["read"]})
        case.path_parameters["id"] = key["key_id"]
    elif operation == "revokeSigningKey":
        case.path_parameters["id"] = call("POST", "/admin/signing-keys")["key_id"]
    elif operation in ("download", "fileParts", "removeFile"):
        case.path_parameters["id"] = completed()["upload_id"]
    else:
        case.path_parameters["id"] = UPLOADS[turn % len(UPLOADS)]()["upload_id"]


@schemathesis.hook
def after_call(context, case, response) -> None:
    operation = case.operation.definition.raw.get("operationId")
    seen[operation, response.status_code] += 1
    with open(os.environ["SLIPWAY_CONTRACT_SEEN"], "w", encoding="utf-8") as file:
        json.dump([[name, status, count] for (name, status), count in sorted(seen.items())], file)
