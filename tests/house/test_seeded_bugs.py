"""Bugs that are seeded on purpose stay in test builds: only one preset has them, and no release program does."""

import json
import os
import re
from pathlib import Path

import pytest

from sources import ROOT, files

BUILD_DIR = os.environ.get("SLIPWAY_BUILD_DIR")
NAMES = re.compile(r"enum class SeededBug[^{]*\{(.*?)\};", re.DOTALL)


def seeded_bugs() -> list[str]:
    header = (ROOT / "src/base/seeded_bug.hpp").read_text()
    names = re.findall(r"^\s*(\w+),", NAMES.search(header).group(1), re.MULTILINE)
    return [name for name in names if name != "none"]


def test_one_preset_has_seeded_bugs():
    presets = json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]
    with_bugs = {preset["name"] for preset in presets
                 if preset.get("cacheVariables", {}).get("SLIPWAY_SEEDED_BUGS", "OFF") != "OFF"}
    assert with_bugs == {"asan"}


def test_every_seeded_bug_has_a_place():
    code = "".join(file.text for file in files()
                   if file.path.startswith("src/") and not file.path.startswith("src/base/seeded_bug"))
    assert len(seeded_bugs()) >= 15
    assert [name for name in seeded_bugs() if f"has_bug(SeededBug::{name})" not in code] == []


def test_a_release_program_has_no_seeded_bugs():
    cache = Path(BUILD_DIR or "", "CMakeCache.txt")
    if not (BUILD_DIR and cache.exists() and "CMAKE_BUILD_TYPE:STRING=Release" in cache.read_text()):
        pytest.skip("not a release build")
    programs = [path for path in (Path(BUILD_DIR, "bin", name) for name in ("slipwayd", "slipway")) if path.exists()]
    if not programs:
        pytest.skip("nothing is built")
    for program in programs:
        content = program.read_bytes()
        assert b"SLIPWAY_SEEDED_BUG" not in content, f"{program.name} asks which bug to have"
        assert not any(name.encode() in content for name in seeded_bugs()), f"{program.name} knows bugs by name"
