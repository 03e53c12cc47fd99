"""docs/operations.md against the programs: every setting with its default, and every metric, in both."""

import re
import subprocess

from harness.daemon import BIN_DIR, REPOSITORY

TEXT = (REPOSITORY / "docs/operations.md").read_text()


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> dict[str, list[str]]:
    """The tables of a section: first cell, without its backquotes, to the others."""
    found = re.findall(r"^\| `([\w.]+)` \|(.*)\|$", section(title), re.MULTILINE)
    return {name: [cell.strip().strip("`") for cell in rest.split("|")] for name, rest in found}


def run(*arguments: str) -> str:
    return subprocess.run([BIN_DIR / "slipwayd", *arguments], capture_output=True, text=True, check=True).stdout


def test_every_setting_is_documented_with_its_default():
    help_text = re.sub(r"\n {20,}", " ", run("--help"))
    shown = {name: default or "" for name, default in
             re.findall(r"^ +--([a-z0-9]+\.[a-z_0-9]+) VALUE.*?(?:\[([^\]\n]*)\])?$", help_text, re.MULTILINE)}
    assert len(shown) > 20
    assert {name: cells[0] for name, cells in rows("Settings").items()} == shown


def test_every_other_option_is_documented():
    options = set(re.findall(r"^ +(?:-h,)?(--[a-z-]+)(?= )", run("--help"), re.MULTILINE)) - {"--help", "--version"}
    assert options == set(re.findall(r"`(?:slipwayd )?(--[a-z-]+)`", section("Settings")))


def test_every_setting_can_be_printed():
    sections = re.split(r"^\[(\w+)\]$", run("--print-config"), flags=re.MULTILINE)[1:]
    printed = {f"{name}.{key}" for name, keys in zip(sections[::2], sections[1::2])
               for key in re.findall(r"^(\w+) =", keys, re.MULTILINE)}
    assert printed == set(rows("Settings"))


def test_every_metric_is_documented_with_its_kind(api):
    told = dict(re.findall(r"^# TYPE (\w+) (\w+)$", api.get("/metrics").body.decode(), re.MULTILINE))
    assert len(told) > 20
    assert {name: cells[0] for name, cells in rows("Metrics").items()} == told
