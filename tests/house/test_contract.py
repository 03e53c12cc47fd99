"""The documents of the API against the sources: routes, error codes, settings and metrics are in both or in neither."""

import re

import yaml

from sources import ROOT, files

METHODS = ("get", "put", "post", "delete", "patch")
# A route of a Service: with_key(Method::get, "/files", …), whatever the function is called.
ROUTE = re.compile(r'Method::(\w+),\s*"(/[^"]*)"')
# A stable code: the member `error` of a Problem, or the second column of the table of refusals.
CODE = re.compile(r'(?:\berror = |\.error\s*=[^;]*?|\{\d{3}, )"([a-z0-9_]+)"')


def api_sources() -> str:
    return "\n".join(file.text for file in files() if file.path.startswith("src/api/") and not file.is_test)


def contract() -> dict:
    return yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())


def documented_routes() -> set[tuple[str, str]]:
    return {(method, re.sub(r"\{\w+\}", "{}", path)) for path, item in contract()["paths"].items()
            for method in item if method in METHODS}


def served_routes() -> set[tuple[str, str]]:
    return {(method.rstrip("_"), re.sub(r"\{\w+\}", "{}", path)) for method, path in ROUTE.findall(api_sources())}


def told_codes() -> set[str]:
    return set(CODE.findall(api_sources())) | set(re.findall(r'\.error = \w+ \? "(\w+)"', api_sources())) | \
        set(re.findall(r'\.error = \w+ \? "\w+" : "(\w+)"', api_sources()))


def documented_codes(document: str) -> set[str]:
    return set(re.findall(r"^\| \d{3} \| `(\w+)` \|", (ROOT / document).read_text(), re.MULTILINE))


def test_every_route_is_in_the_contract():
    assert len(served_routes()) > 12
    assert served_routes() == documented_routes()


def test_every_code_is_in_the_contract():
    assert len(told_codes()) > 30
    assert told_codes() == set(contract()["components"]["schemas"]["ErrorCode"]["enum"])


def test_every_code_is_explained():
    assert told_codes() == documented_codes("docs/errors.md")


def test_every_code_is_explained_with_its_status():
    told = {(code, status) for status, code in re.findall(r'\{(\d{3}), "([a-z0-9_]+)"', api_sources())}
    told |= {(code, status) for status, code in
             re.findall(r'\.status = (\d{3}),\s*\.error = "([a-z0-9_]+)"', api_sources())}
    explained = {(code, status) for status, code in
                 re.findall(r"^\| (\d{3}) \| `(\w+)` \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)}
    assert len(told) > 30 and told <= explained
    assert len(explained) == len({code for code, _ in explained}), "a code has one status"


def test_the_protocol_names_no_code_that_is_never_told():
    text = (ROOT / "docs/protocol.md").read_text()
    named = set(re.findall(r"\b[45]\d\d ((?:`\w+`(?:, )?)+)", text))
    codes = {code for group in named for code in re.findall(r"`(\w+)`", group)}
    assert codes - told_codes() == set()


def test_every_answer_of_the_contract_is_a_problem_or_a_success():
    document = contract()
    for path, item in document["paths"].items():
        for method in METHODS:
            for status, answer in item.get(method, {}).get("responses", {}).items():
                if "$ref" in answer:
                    answer = document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
                types = set(answer.get("content", {}))
                if status >= "400" and path not in ("/readyz", "/startupz"):
                    assert types == {"application/problem+json"}, (method, path, status)


def test_every_call_with_a_key_may_be_refused_in_the_common_ways():
    lacking = {(method, path): missing for path, item in contract()["paths"].items() for method in METHODS
               if method in item and "security" not in item[method]
               and (missing := {"401", "403", "429", "500", "503"} - set(item[method]["responses"]))}
    assert lacking == {}
