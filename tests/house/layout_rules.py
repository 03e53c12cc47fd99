"""Rules over the repository as a whole: what has to stand where. Each takes all files."""

import posixpath
import re
from collections.abc import Iterator

from sources import SourceFile

_HEADINGS = ("Context", "Decision", "Consequences")
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
_TARGET = re.compile(r"\b(?:slipway_module|slipway_test|add_library|add_executable)\s*\(")


def decisions(files: list[SourceFile]) -> Iterator[str]:
    """A decision says what led to it, what it is and what follows; its number is its own."""
    seen: dict[str, str] = {}
    for file in files:
        if not file.within("docs/decisions"):
            continue
        name = file.path.removeprefix("docs/decisions/")
        if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name):
            yield file.at(0, "is not called NNNN-title.md")
        elif (number := name[:4]) in seen:
            yield file.at(0, f"has the number of {seen[number]}")
        else:
            seen[number] = name
        for heading in _HEADINGS:
            if not re.search(rf"^## {heading}$", file.text, re.MULTILINE):
                yield file.at(0, f"has no section {heading}")


def readme(files: list[SourceFile]) -> Iterator[str]:
    text = next((file.text for file in files if file.path == "README.md"), "")
    for command in ("make run", "make test"):
        if command not in text:
            yield f"README.md: does not mention {command}"


def targets(files: list[SourceFile]) -> Iterator[str]:
    """Every folder of src/ that has sources has a CMake target, and every source is built by one."""
    lists = {file.path.removesuffix("/CMakeLists.txt"): re.sub(r"#[^\n]*", "", file.text)
             for file in files if file.path.startswith("src/") and file.path.endswith("/CMakeLists.txt")}
    for file in files:
        if file.suffix != ".cpp" or not file.path.startswith("src/"):
            continue
        folder, name = file.path.rsplit("/", 1)
        while folder not in lists and "/" in folder:
            folder, last = folder.rsplit("/", 1)
            name = f"{last}/{name}"
        text = lists.get(folder, "")
        if not _TARGET.search(text):
            yield f"{file.path}: {folder}/CMakeLists.txt has no target"
        elif name not in re.split(r"[\s()]+", text):
            yield f"{file.path}: {folder}/CMakeLists.txt does not build it"


def links(files: list[SourceFile]) -> Iterator[str]:
    """A relative link in a document leads to a file, or to a folder that holds some."""
    paths = {file.path for file in files}
    folders = {path[:at] for path in paths for at in range(len(path)) if path[at] == "/"}
    for file in files:
        if file.suffix != ".md":
            continue
        for match in _LINK.finditer(file.text):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), match.group(1)))
            if target not in paths | folders:
                yield file.at(match.start(), f"{match.group(1)} leads nowhere")


RULES = [decisions, readme, targets, links]
