"""The rules of style that a text search can decide. Each takes one file and yields "path:line: message"."""

import re
from collections.abc import Iterator

from sources import SourceFile

MOST_LINES = 700
MANY_LINES = 500
MOST_COLUMNS = 100

# Written in two pieces, so that this file keeps its own rules.
_UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b|@@[A-Z_]+@@")
_MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:wo" r"rk|ro" r"ot)/")
_FORBIDDEN_NAME = re.compile(r"\b(?:class|struct)\s+(\w*(?:Manager|Helper|Utils?|Impl))\b")
_SLEEP = re.compile(r"\bstd::async\b|\bthis_thread::sleep_\w+|\b(?:u|nano)sleep\s*\(|(?<!\w)::sleep\s*\(")
_DETACHED = re.compile(r"\bdetached\b")
_COROUTINE_LAMBDA = re.compile(r"\[([^\[\]\n]+)\]\s*\([^()]*\)[^{};]*->\s*(?:Task|boost::asio::awaitable)\b[^{};]*\{")


def header_comment(file: SourceFile) -> Iterator[str]:
    """Every header begins with a comment that says what it is for, and is included once."""
    if file.suffix != ".hpp":
        return
    if not file.text.startswith("// "):
        yield file.at(0, "no comment at the head of the file")
    if "\n#pragma once\n" not in file.text:
        yield file.at(0, "no #pragma once")


def length(file: SourceFile) -> Iterator[str]:
    if _is_code(file) and (lines := file.text.count("\n")) > MOST_LINES:
        yield file.at(0, f"{lines} lines; {MOST_LINES} is the most")


def is_long(file: SourceFile) -> bool:
    return _is_code(file) and file.text.count("\n") > MANY_LINES


def unfinished(file: SourceFile) -> Iterator[str]:
    for match in _UNFINISHED.finditer(file.text):
        yield file.at(match.start(), f"{match.group()} is left in it")


def tabs(file: SourceFile) -> Iterator[str]:
    if (file.is_cpp or file.suffix in (".py", ".cmake", ".md")) and (at := file.text.find("\t")) >= 0:
        yield file.at(at, "a tab")


def columns(file: SourceFile) -> Iterator[str]:
    if file.is_cpp:
        for number, line in enumerate(file.text.splitlines(), 1):
            if len(line) > MOST_COLUMNS:
                yield f"{file.path}:{number}: {len(line)} columns; {MOST_COLUMNS} is the most"


def nothing_detached(file: SourceFile) -> Iterator[str]:
    """Only the runtime, the daemon and the server's listener may start what nobody waits for."""
    if file.is_cpp and not file.is_test and not file.within("src/runtime", "src/daemon", "src/http"):
        for match in _DETACHED.finditer(file.code):
            yield file.at(match.start(), "detached")


def no_sleep(file: SourceFile) -> Iterator[str]:
    if file.is_cpp and not file.is_test:
        for match in _SLEEP.finditer(file.code):
            yield file.at(match.start(), f"{match.group().rstrip('( ')} outside tests")


def names(file: SourceFile) -> Iterator[str]:
    if file.is_cpp:
        for match in _FORBIDDEN_NAME.finditer(file.code):
            yield file.at(match.start(), f"{match.group(1)} says nothing of what it is")


def machine_paths(file: SourceFile) -> Iterator[str]:
    for match in _MACHINE_PATH.finditer(file.text):
        yield file.at(match.start(), f"the path {match.group()} of one machine")


def lambda_coroutines(file: SourceFile) -> Iterator[str]:
    """The captures of a lambda die with it, while its coroutine goes on: a coroutine lambda captures nothing."""
    if not file.is_cpp:
        return
    for match in _COROUTINE_LAMBDA.finditer(file.code):
        body = _braced(file.code, match.end() - 1)
        if re.search(r"\bco_(?:await|return|yield)\b", body):
            yield file.at(match.start(), f"a coroutine lambda captures [{match.group(1)}]")


RULES = [header_comment, length, unfinished, tabs, columns, nothing_detached, no_sleep, names, machine_paths,
         lambda_coroutines]


def _is_code(file: SourceFile) -> bool:
    return file.is_cpp or file.suffix in (".py", ".ts", ".sh", ".cmake")


def _braced(code: str, opening: int) -> str:
    depth = 0
    for at in range(opening, len(code)):
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        if depth == 0:
            return code[opening:at]
    return code[opening:]
