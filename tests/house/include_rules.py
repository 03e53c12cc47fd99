"""Who may include whom: DESIGN.md section 3 as data. A folder may always include itself."""

import re
from collections.abc import Iterator

from sources import SourceFile

CLIENT = {"http/client.hpp", "http/message.hpp", "http/body.hpp", "http/tls_context.hpp"}
EVERYTHING = {"base", "core", "ports", "hash", "runtime", "telemetry", "http", "engine", "api", "adapters",
              "cli", "records", "sigv4"}

# Folder or single header of src/ that each folder may include.
MAY_INCLUDE = {
    "base": set(),
    "core": {"base"},
    "ports": {"base", "core", "runtime/task.hpp"},
    "hash": {"base"},
    "records": {"base", "core"},
    "sigv4": {"base", "hash"},
    "runtime": {"base"},
    "telemetry": {"base"},
    "http": {"base", "runtime", "telemetry"},
    "engine": {"base", "core", "ports", "hash", "runtime", "telemetry"},
    "api": {"base", "core", "runtime", "telemetry", "http", "engine"},
    "adapters": {"base", "core", "ports", "hash", "records", "sigv4", "runtime", "telemetry"} | CLIENT,
    # `slipway admin store` speaks to a store without a server (docs/decisions/0011); servers are found in Consul (0017).
    "cli": {"base", "core", "hash", "runtime", "telemetry", "adapters/consul", "adapters/s3", "adapters/system"} | CLIENT,
    "daemon": EVERYTHING,
}

# What the tests beside the sources need besides: ports in memory instead of real ones.
TESTS_MAY_ALSO_INCLUDE = {
    "core": {"hash"},
    "http": {"adapters/system"},
    "engine": {"adapters/memory", "adapters/system"},
    "adapters": {"adapters/memory", "adapters/system", "http/scripted_server.hpp"},
    "api": {"ports", "hash", "adapters/memory", "adapters/system"},
    "cli": {"http", "ports", "adapters/memory", "adapters/system"},
}

# Libraries, by the beginning of their headers' names, and the folders that hide them.
LIBRARIES = {
    "boost/asio": {"runtime", "http", "adapters", "daemon"},
    "boost/beast": {"http", "adapters", "daemon"},
    "boost/mysql": {"adapters/mariadb"},
    "rocksdb/": {"adapters/rocksdb"},
    "librdkafka/": {"adapters/kafka"},
    "isa-l/": {"hash", "records"},
    "openssl/": {"hash", "http", "adapters"},
    "pugixml.hpp": {"adapters/s3"},
    "sqlite3.h": {"cli"},
    "toml++/": {"daemon", "cli", "adapters/s3"},
    "CLI/": {"daemon", "cli"},
}

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">\n]+)[">]', re.MULTILINE)


def module_of(path_in_src: str) -> str:
    """"adapters/rocksdb" for an adapter, the first folder for all else."""
    folders = path_in_src.split("/")
    return "/".join(folders[:2]) if folders[0] == "adapters" and len(folders) > 2 else folders[0]


def _covers(allowed: set[str], target: str) -> bool:
    return any(target == entry or target.startswith(entry + "/") for entry in allowed)


def includes(file: SourceFile) -> Iterator[tuple[int, str, str]]:
    for match in _INCLUDE.finditer(file.text):
        yield match.start(), match.group(1), match.group(2)


def layer_violations(file: SourceFile) -> Iterator[str]:
    """Every include of another folder of src/ stands in the table."""
    if not (file.is_cpp and file.path.startswith("src/")):
        return
    module = module_of(file.path.removeprefix("src/"))
    layer = module.split("/")[0]
    if layer not in MAY_INCLUDE:
        yield file.at(0, f"src/{layer} is no folder of the design: add it to the table and to DESIGN")
        return
    allowed = MAY_INCLUDE[layer] | {module}
    if file.is_test:
        allowed |= TESTS_MAY_ALSO_INCLUDE.get(layer, set()) | {"contract", "support"}
    for offset, quote, target in includes(file):
        if target.split("/")[0] in MAY_INCLUDE:
            if not _covers(allowed, target):
                yield file.at(offset, f"{module} may not include {target}")
        elif quote == '"' and not (file.is_test and _covers(allowed, target)):
            yield file.at(offset, f'"{target}" is not written from src/ on')


def library_violations(file: SourceFile) -> Iterator[str]:
    """The libraries of the table are seen only by the folders that hide them."""
    if not (file.is_cpp and file.path.startswith("src/")) or file.is_test:
        return
    module = module_of(file.path.removeprefix("src/"))
    if file.path == "src/runtime/task.hpp":
        return
    for offset, _, target in includes(file):
        for library, homes in LIBRARIES.items():
            if target.startswith(library) and not _covers(homes, module):
                yield file.at(offset, f"{module} may not include {target}; only {', '.join(sorted(homes))} may")


def without_cycles(all_files: list[SourceFile]) -> list[str]:
    """The table allows none; should somebody widen it, the cycle itself is named here."""
    edges: dict[str, set[str]] = {}
    for file in all_files:
        if file.is_cpp and file.path.startswith("src/") and not file.is_test:
            module = module_of(file.path.removeprefix("src/"))
            targets = {module_of(target) for _, _, target in includes(file) if target.split("/")[0] in MAY_INCLUDE}
            edges.setdefault(module, set()).update(targets - {module})
    cycles = []

    def visit(module: str, trail: list[str]) -> None:
        if module in trail:
            cycles.append(" -> ".join(trail[trail.index(module):] + [module]))
            return
        for target in sorted(edges.get(module, ())):
            visit(target, trail + [module])

    for module in sorted(edges):
        visit(module, [])
    return sorted(set(cycles))
