"""The repository's files as the house rules see them: a path, a text, and C++ without its comments and literals."""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

NOT_OURS = {".git", "build", "node_modules", "dist", "slipway-data", "__pycache__", ".pytest_cache"}
TEXT = {".hpp", ".cpp", ".py", ".md", ".txt", ".cmake", ".json", ".sh", ".toml", ".yaml", ".yml", ".ts", ".html",
        ".avsc", ".css", ".service", ".conf", ".hcl", ".ctmpl", ".svg", ""}

_COMMENT_OR_LITERAL = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^()\s]*)\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z])'(?:\\.|[^'\\\n])*'""", re.DOTALL | re.VERBOSE)

_TEST_NAME = re.compile(r"(?:_test|_for_test|_harness|_fixture)\.[ch]pp$|/(?:scripted|faulty)_\w+\.[ch]pp$")


@dataclass(frozen=True)
class SourceFile:
    path: str  # from the repository's root
    text: str

    @property
    def suffix(self) -> str:
        return os.path.splitext(self.path)[1]

    @property
    def is_cpp(self) -> bool:
        return self.suffix in (".hpp", ".cpp")

    @property
    def is_test(self) -> bool:
        """Tests, and what stands beside the sources only for them."""
        return self.path.startswith("tests/") or _TEST_NAME.search(self.path) is not None

    @cached_property
    def code(self) -> str:
        """C++ with comments and literals blanked out; every line keeps its number."""
        return _COMMENT_OR_LITERAL.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), self.text)

    def within(self, *folders: str) -> bool:
        return any(self.path.startswith(folder + "/") for folder in folders)

    def at(self, offset: int, message: str) -> str:
        return f"{self.path}:{self.text.count(chr(10), 0, offset) + 1}: {message}"


def files(root: Path = ROOT) -> list[SourceFile]:
    """Every text file that is part of the project, also those that are not committed yet."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS)
        for name in sorted(set(names) - NOT_OURS):  # .git is a file in a worktree
            path = Path(folder) / name
            if path.suffix in TEXT and not path.is_symlink():
                found.append(SourceFile(str(path.relative_to(root)), path.read_text(errors="replace")))
    return found


def report(violations: list[str]) -> str:
    return "\n".join(["", *violations, f"({len(violations)} violations)"])
