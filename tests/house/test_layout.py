"""The repository as a whole: decisions, README, CMake targets."""

import pytest

import layout_rules
from sources import SourceFile, files, report

SECTIONS = "# 1. T\n\n## Context\n\n## Decision\n\n## Consequences\n"


@pytest.mark.parametrize("rule", layout_rules.RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps(rule):
    violations = list(rule(files()))
    assert not violations, report(violations)


@pytest.mark.parametrize("rule, tree", [
    (layout_rules.decisions, {"docs/decisions/0001-a.md": SECTIONS.replace("## Decision\n", "")}),
    (layout_rules.decisions, {"docs/decisions/a.md": SECTIONS}),
    (layout_rules.decisions, {"docs/decisions/0001-a.md": SECTIONS, "docs/decisions/0001-b.md": SECTIONS}),
    (layout_rules.readme, {}),
    (layout_rules.readme, {"README.md": "Type make run."}),
    (layout_rules.targets, {"src/a/b.cpp": "", "src/a/CMakeLists.txt": "# slipway_module(a SOURCES b.cpp)"}),
    (layout_rules.targets, {"src/a/b.cpp": "", "src/a/CMakeLists.txt": "slipway_module(a SOURCES ab.cpp)"}),
    (layout_rules.targets, {"src/a/n/b.cpp": "", "src/a/CMakeLists.txt": "slipway_module(a SOURCES b.cpp)"}),
    (layout_rules.targets, {"src/a/b.cpp": ""}),
    (layout_rules.links, {"docs/a.md": "see [b](b.md)", "b.md": ""}),
])
def test_a_breach_is_found(rule, tree):
    assert list(rule([SourceFile(path, text) for path, text in tree.items()]))


@pytest.mark.parametrize("rule, tree", [
    (layout_rules.decisions, {"docs/decisions/0001-a.md": SECTIONS, "docs/decisions/0002-b.md": SECTIONS}),
    (layout_rules.readme, {"README.md": "make run\nmake test\n"}),
    (layout_rules.targets, {"src/a/b.cpp": "", "src/a/n/c.cpp": "",
                            "src/a/CMakeLists.txt": "slipway_module(a\n    SOURCES b.cpp n/c.cpp)"}),
    (layout_rules.links, {"docs/a.md": "[b](../b.md#part) [c](https://example.org/c) [d](.) [e](#e)", "b.md": ""}),
])
def test_what_is_right_passes(rule, tree):
    assert not list(rule([SourceFile(path, text) for path, text in tree.items()]))
