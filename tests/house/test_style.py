"""Every file against the rules of style, and every rule against a sample that breaks it."""

import warnings

import pytest

import style_rules
from sources import SourceFile, files, report

GOOD_HEADER = "// Says what it is for.\n#pragma once\n\nnamespace slipway {}\n"

# Rule, path, text: all of them break their rule. Markers are written in two pieces, so that this file breaks none.
BAD = [
    (style_rules.header_comment, "src/base/a.hpp", "#pragma once\n"),
    (style_rules.header_comment, "src/base/a.hpp", "// Says what.\n#include <vector>\n"),
    (style_rules.length, "src/base/a.cpp", "\n" * 701),
    (style_rules.unfinished, "docs/a.md", "TO" "DO: more"),
    (style_rules.unfinished, "src/base/a.cpp", "// FIX" "ME later"),
    (style_rules.unfinished, "README.md", "@@PIC" "TURE@@"),
    (style_rules.tabs, "src/base/a.cpp", "\tint a;"),
    (style_rules.columns, "src/base/a.cpp", "x" * 101),
    (style_rules.nothing_detached, "src/engine/a.cpp", "co_spawn(loop, run(), boost::asio::detached);"),
    (style_rules.no_sleep, "src/engine/a.cpp", "std::this_thread::sleep_for(1s);"),
    (style_rules.no_sleep, "src/engine/a.cpp", "auto later = std::async(work);"),
    (style_rules.no_sleep, "src/engine/a.cpp", "usleep(10);"),
    (style_rules.no_sleep, "src/engine/a.cpp", "::sleep(1);"),
    (style_rules.names, "src/engine/a.hpp", "class UploadManager {};"),
    (style_rules.names, "src/engine/a.hpp", "struct PartUtils;"),
    (style_rules.machine_paths, "docs/a.md", "see /wo" "rk/a"),
    (style_rules.machine_paths, "tests/e2e/a.py", 'open("/ro' 'ot/key")'),
    (style_rules.lambda_coroutines, "src/engine/a.cpp",
     "spawn([&, id](int n) mutable -> Task<void> { if (n) { co_await f(id); } });"),
    (style_rules.lambda_coroutines, "src/engine/a.cpp",
     "spawn([this]() -> boost::asio::awaitable<void> { co_return; });"),
]

GOOD = [
    (style_rules.header_comment, "src/base/a.hpp", GOOD_HEADER),
    (style_rules.header_comment, "src/base/a.cpp", '#include "base/a.hpp"\n'),
    (style_rules.length, "src/base/a.cpp", "\n" * 700),
    (style_rules.columns, "src/base/a.cpp", "é" * 100),
    (style_rules.nothing_detached, "src/http/listener.cpp", "boost::asio::detached"),
    (style_rules.nothing_detached, "src/engine/a_test.cpp", "boost::asio::detached"),
    (style_rules.nothing_detached, "src/engine/a.cpp", "// nothing is detached\nlog(\"detached\");"),
    (style_rules.no_sleep, "src/engine/a_test.cpp", "std::this_thread::sleep_for(1s);"),
    (style_rules.no_sleep, "src/http/server_harness.cpp", "std::this_thread::sleep_for(1s);"),
    (style_rules.no_sleep, "src/runtime/retry.cpp", "co_await sleep_for(delay); co_await world.sleep(delay);"),
    (style_rules.names, "src/engine/a.hpp", "class UploadManagement {}; // class UploadManager"),
    (style_rules.machine_paths, "docs/a.md", "https://example.org/wo" "rk/a and net" "wo" "rk/b"),
    (style_rules.lambda_coroutines, "src/engine/a.cpp", "[&api](Request& r) -> Task<Response> { return api.run(r); }"),
    (style_rules.lambda_coroutines, "src/engine/a.cpp", "[](int n) -> Task<void> { co_await f(n); }"),
]


@pytest.mark.parametrize("rule", style_rules.RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps(rule):
    violations = [v for file in files() for v in rule(file)]
    assert not violations, report(violations)


def test_long_files_are_named():
    for file in filter(style_rules.is_long, files()):
        warnings.warn(f"{file.path} is over {style_rules.MANY_LINES} lines: that wants a reason", stacklevel=1)


@pytest.mark.parametrize("rule, path, text", BAD, ids=lambda value: getattr(value, "__name__", None))
def test_a_breach_is_found(rule, path, text):
    assert list(rule(SourceFile(path, text)))


@pytest.mark.parametrize("rule, path, text", GOOD, ids=lambda value: getattr(value, "__name__", None))
def test_what_is_right_passes(rule, path, text):
    assert not list(rule(SourceFile(path, text)))


def test_every_rule_has_a_sample_that_breaks_it():
    assert {rule for rule, _, _ in BAD} == set(style_rules.RULES)
    assert style_rules.is_long(SourceFile("src/base/a.cpp", "\n" * 501))


def test_violations_name_the_line():
    file = SourceFile("src/base/a.cpp", "int a;\n/* x\n */ char b = '\\'';\nclass AHelper;\nint c = 10'000 + 'a';\n")
    assert list(style_rules.names(file)) == ["src/base/a.cpp:4: AHelper says nothing of what it is"]
    assert "10'000" in file.code and "'a'" not in file.code


def test_the_tree_is_really_read():
    paths = {file.path for file in files()}
    assert {"CMakeLists.txt", "Makefile", "src/base/result.hpp", "tests/house/sources.py", "scripts/setup"} <= paths
    assert not any(path.startswith(("build/", ".git/")) for path in paths)
