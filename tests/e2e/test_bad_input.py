"""Every member of every JSON body and every parameter that docs/openapi.yaml names, wrong in every way, one at a time.

What exactly each member may be is tested beside its call; this table asks of all of them, also of those that come, that
they are read strictly: the right status, the stable code, the name of what was wrong, and nothing done.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from harness.daemon import REPOSITORY
from harness.uploads import KIB, Upload

DOCUMENT = yaml.safe_load((REPOSITORY / "docs/openapi.yaml").read_text())
METHODS = ("get", "put", "post", "delete", "patch")
ONE_OF_EACH = {"null": None, "boolean": True, "integer": 7, "number": 1.5, "string": "x", "array": [], "object": {}}
IDS = ["x", "0" * 31, "0" * 33, "A" * 32, "g" * 32, "0" * 31 + "%20", "-" + "0" * 31]


def resolved(part: dict) -> dict:
    while "$ref" in part:
        found: Any = DOCUMENT
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def operations() -> Iterator[tuple[str, str, dict, list[dict]]]:
    """Method, path, operation, and its parameters with those of its path."""
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                parameters = item.get("parameters", []) + operation.get("parameters", [])
                yield method.upper(), path, operation, [resolved(parameter) for parameter in parameters]


def types_of(schema: dict) -> set[str]:
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        kinds = {bool: "boolean", int: "integer", str: "string", type(None): "null"}
        return {kinds[type(value)] for value in values}
    types = schema["type"]
    return set(types if isinstance(types, list) else [types])


def wrong_values(schema: dict) -> Iterator[Any]:
    types = types_of(schema)
    if "integer" in types:
        yield from (-1, schema.get("maximum", 2**53) + 1, 2**63, 2**64, 1.5)
    if "string" in types and ("pattern" in schema or "enum" in schema):
        yield "\u0000"
    if "string" in types and "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if "boolean" in types and schema.get("enum", [True]) != [False, None]:
        yield from (0, "true")
    known = types | ({"number"} if "number" in types else set())
    yield from (value for kind, value in ONE_OF_EACH.items() if kind not in known)


def body_schema(operation: dict) -> dict | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return resolved(content["schema"]) if content else None


def bodies() -> Iterator[Any]:
    for method, path, operation, _ in operations():
        schema = body_schema(operation)
        if schema is None:
            continue
        name = operation["operationId"]
        for member, part in schema["properties"].items():
            part = resolved(part)
            for value in wrong_values(part):
                yield pytest.param(method, path, name, {member: value}, member, id=f"{name}-{member}-{value!r:.20}")
            if member in schema.get("required", []):
                yield pytest.param(method, path, name, {member: ...}, member, id=f"{name}-{member}-missing")
        yield pytest.param(method, path, name, {"unheard_of": 1}, "unheard_of", id=f"{name}-unheard_of")


def parameters() -> Iterator[Any]:
    for method, path, operation, found in operations():
        if operation.get("security") == [{"signed_url": []}]:
            continue
        queries = [parameter for parameter in found if parameter["in"] == "query"]
        for parameter in queries:
            name, schema = parameter["name"], resolved(parameter["schema"])
            values = ["", "%20", "%ff", "1,2", "[]"]
            if "integer" in types_of(schema):
                values += ["-1", "+1", "1.5", "0x1", "01x", str(schema.get("maximum", 2**32) + 1), "9" * 30]
                values += ["0"] if schema.get("minimum", 0) > 0 else []
            else:
                values += IDS
            for query in [f"{name}={value}" for value in values] + [f"{name}=1&{name}=1", f"{name}=1&unheard_of=1"]:
                yield pytest.param(method, path, query, id=f"{operation['operationId']}-{query:.40}")
            if parameter.get("required"):
                yield pytest.param(method, path, "", id=f"{operation['operationId']}-without")


@pytest.fixture(scope="module")
def upload(shared_server):
    """An open upload with one part, that no refused request may change."""
    upload = Upload(shared_server.client, b"bad input" * KIB)
    assert upload.put(1).status == 200
    yield upload
    assert upload.status()["state"] == "open" and upload.stored() == {1: upload.digest(1)}
    upload.abort()


@cache
def example(operation_id: str) -> dict:
    """A valid body, as the contract shows it."""
    operation = next(operation for _, _, operation, _ in operations() if operation["operationId"] == operation_id)
    examples = operation["requestBody"]["content"]["application/json"].get("examples")
    assert examples, f"{operation_id} has no example in docs/openapi.yaml"
    return next(iter(examples.values()))["value"]


def target(path: str, upload: Upload) -> str:
    return path.replace("{id}", upload.id).replace("{principal}", "nobody")


def refused(reply, codes=("invalid_request",)) -> dict:
    assert (reply.status, reply.error in codes) == (400, True), reply
    return reply.json()


@pytest.mark.parametrize("method, path, name, change, member", bodies())
def test_a_member_that_is_wrong(api, upload, method, path, name, change, member):
    body = {key: value for key, value in (example(name) | change).items() if value is not ...}
    problem = refused(api.request(method, target(path, upload), body))
    assert problem["field"] == member and member in problem["detail"]


@pytest.mark.parametrize("method, path, name", [(method, path, operation["operationId"])
                                                for method, path, operation, _ in operations() if body_schema(operation)])
def test_a_body_that_is_wrong(api, upload, method, path, name):
    text = json.dumps(example(name)).encode()
    member = next(iter(example(name)))
    inner = text[1:-1]
    for body in [text[:-1], text + b"x", text + text, b"[" + text + b"]", b"\xef\xbb\xbf" + text, b"null", b"\x00",
                 b"{" + inner + b"," + inner + b"}", b'{"%s":"\xff",' % member.encode() + inner + b"}",
                 b'{"a\xc0\x80":1,' + inner + b"}", b'{"%s":1e999,' % member.encode() + inner + b"}",
                 b'{"deep":' + b'{"a":' * 20 + b"1" + b"}" * 20 + b"," + inner + b"}",
                 b'{"deep":' + b"[" * 5_000 + b"]" * 5_000 + b"," + inner + b"}"]:
        refused(api.request(method, target(path, upload), body), ("invalid_json",))


@pytest.mark.parametrize("method, path, query", parameters())
def test_a_parameter_that_is_wrong(api, upload, method, path, query):
    reply = api.request(method, f"{target(path, upload)}?{query}")
    # An id that is none is one that does not exist.
    assert (reply.status, reply.error) in [(400, "invalid_request"), (404, "upload_not_found")], reply


@pytest.mark.parametrize("value", IDS)
@pytest.mark.parametrize("method, path", [(method, path) for method, path, _, found in operations()
                                          if any(parameter["name"] == "id" for parameter in found)])
def test_an_id_that_is_none(api, method, path, value):
    reply = api.request(method, path.replace("{id}", value).replace("{number}", "1"))
    assert reply.status in (403, 404) and reply.error, reply


def test_the_table_is_long():
    assert len(list(bodies())) > 80 and len(list(parameters())) > 40
