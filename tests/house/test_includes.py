"""The include graph against the design, and core's distance from Asio and from exceptions."""

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from include_rules import includes, layer_violations, library_violations, module_of, without_cycles
from sources import ROOT, SourceFile, files, report

BUILD = os.environ.get("SLIPWAY_BUILD_DIR")


def source(path: str, *targets: str) -> SourceFile:
    return SourceFile(path, "".join(f"#include {target}\n" for target in targets))


def test_every_include_follows_the_table():
    violations = [v for file in files() for v in layer_violations(file)]
    assert not violations, report(violations)


def test_libraries_stay_where_they_are_hidden():
    violations = [v for file in files() for v in library_violations(file)]
    assert not violations, report(violations)


def test_folders_form_no_cycle():
    cycles = without_cycles(files())
    assert not cycles, report(cycles)


@pytest.mark.parametrize("path, target", [
    ("src/base/a.hpp", '"core/upload.hpp"'),
    ("src/core/a.cpp", '"hash/digester.hpp"'),
    ("src/core/a_test.cpp", '"engine/world.hpp"'),
    ("src/ports/a.hpp", '"runtime/one_shot.hpp"'),
    ("src/hash/a.hpp", '"runtime/task.hpp"'),
    ("src/http/a.hpp", '"core/upload.hpp"'),
    ("src/engine/a.cpp", '"http/message.hpp"'),
    ("src/api/native/a.cpp", '"ports/catalog.hpp"'),
    ("src/adapters/memory/a.cpp", '"adapters/rocksdb/keys.hpp"'),
    ("src/adapters/memory/a.cpp", '<adapters/rocksdb/keys.hpp>'),
    ("src/adapters/memory/a_test.cpp", '"adapters/rocksdb/keys.hpp"'),
    ("src/adapters/s3/a.cpp", '"http/server.hpp"'),
    ("src/cli/a.cpp", '"http/server.hpp"'),
    ("src/cli/a.cpp", '"engine/world.hpp"'),
    ("src/surprise/a.cpp", '"base/result.hpp"'),
    ("src/base/a.cpp", '"result.hpp"'),
    ("src/engine/a.cpp", '"contract/catalog_contract.hpp"'),
])
def test_a_forbidden_include_is_found(path, target):
    assert list(layer_violations(source(path, target)))


@pytest.mark.parametrize("path, target", [
    ("src/base/a.hpp", "<vector>"),
    ("src/base/a.hpp", '"base/result.hpp"'),
    ("src/ports/a.hpp", '"runtime/task.hpp"'),
    ("src/adapters/rocksdb/a.cpp", '"adapters/rocksdb/keys.hpp"'),
    ("src/adapters/s3/a.cpp", '"http/client.hpp"'),
    ("src/daemon/main.cpp", '"adapters/rocksdb/rocksdb_catalog.hpp"'),
    ("src/engine/a_test.cpp", '"adapters/memory/memory_store.hpp"'),
    ("src/adapters/rocksdb/a_fixture.hpp", '"adapters/memory/manual_clock.hpp"'),
    ("src/adapters/memory/a_test.cpp", '"contract/catalog_contract.hpp"'),
])
def test_an_allowed_include_passes(path, target):
    assert not list(layer_violations(source(path, target)))


@pytest.mark.parametrize("path, target", [
    ("src/core/a.cpp", "<boost/asio/post.hpp>"),
    ("src/engine/a.cpp", "<boost/asio.hpp>"),
    ("src/api/a.cpp", "<boost/beast/http.hpp>"),
    ("src/ports/a.hpp", "<boost/asio/awaitable.hpp>"),
    ("src/adapters/memory/a.cpp", "<rocksdb/db.h>"),
    ("src/engine/a.cpp", "<sqlite3.h>"),
])
def test_a_library_out_of_place_is_found(path, target):
    assert list(library_violations(source(path, target)))


def test_a_library_in_its_place_passes():
    assert not list(library_violations(source("src/runtime/task.hpp", "<boost/asio/awaitable.hpp>")))
    assert not list(library_violations(source("src/adapters/rocksdb/a.cpp", "<rocksdb/db.h>")))
    assert not list(library_violations(source("src/engine/a.cpp", "<boost/json.hpp>", "<memory>")))


def test_a_cycle_is_found():
    loop = [source("src/base/a.hpp", '"core/a.hpp"'), source("src/core/a.hpp", '"base/a.hpp"')]
    assert without_cycles(loop) == ["base -> core -> base", "core -> base -> core"]


def test_modules_are_folders_and_single_adapters():
    assert module_of("api/native/a.cpp") == "api"
    assert module_of("adapters/rocksdb/a.cpp") == "adapters/rocksdb"
    assert [target for _, _, target in includes(source("a.cpp", "<a/b>", '"c"'))] == ["a/b", "c"]


def compile_commands(folder: str) -> list[dict]:
    if not BUILD:
        pytest.skip("SLIPWAY_BUILD_DIR names no build tree")
    database = json.loads((Path(BUILD) / "compile_commands.json").read_text())
    found = [entry for entry in database
             if entry["file"].startswith(f"{ROOT}/src/{folder}/") and not entry["file"].endswith("_test.cpp")]
    assert found, f"nothing of src/{folder} is compiled"
    return found


def headers_of(entry: dict, *more: str) -> list[str]:
    """What the compiler opens for one source, asked with the source's own command and some options more."""
    words = shlex.split(entry["command"])
    words = words[next(i for i, word in enumerate(words) if "clang++" in Path(word).name):]
    output = words.index("-o")
    del words[output:output + 2]
    words[words.index("-c")] = "-M"
    result = subprocess.run(words + list(more), cwd=entry["directory"], capture_output=True, text=True, check=True)
    return result.stdout.replace("\\\n", " ").split()


def test_core_is_compiled_without_exceptions():
    for entry in compile_commands("core"):
        assert "-fno-exceptions" in entry["command"], entry["file"]


@pytest.mark.parametrize("folder", ["base", "core", "hash", "telemetry"])
def test_asio_cannot_be_reached(folder):
    for entry in compile_commands(folder):
        headers = headers_of(entry)
        assert any(header.endswith(".hpp") for header in headers), entry["file"]
        asio = [header for header in headers if "boost/asio" in header or "boost/beast" in header]
        assert not asio, f"{entry['file']} opens {asio[0]}"


def test_the_reach_of_a_source_is_really_measured():
    headers = headers_of(compile_commands("core")[0], "-include", "runtime/task.hpp")
    assert any("boost/asio" in header for header in headers)
