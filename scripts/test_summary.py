"""Counts what the tiers of scripts/test left behind: names every failure and prints "N passed, N failed" last.

A GoogleTest program counts by its cases; one that died before it wrote its report counts as one failure.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
        return "failed"
    skipped = case.find("skipped") is not None or case.get("status") in ("notrun", "disabled")
    return "skipped" if skipped else "passed"


def cases(report: Path):
    """(name, outcome) of every case of a JUnit report."""
    for case in ElementTree.parse(report).iter("testcase"):
        yield f"{case.get('classname') or report.stem}.{case.get('name')}", outcome(case)


def ctest_cases(tier: Path):
    """CTest's programs, each replaced by its GoogleTest cases where it wrote them."""
    for program, result in cases(tier / "ctest.xml"):
        name = program.rsplit(".", 1)[-1]
        report = tier / "gtest" / f"{name}.xml"
        inner = list(cases(report)) if report.exists() else []
        yield from inner
        # A program may also fail after its last case: a leak or a race that only its exit code tells of.
        if not inner or (result == "failed" and all(outcome != "failed" for _, outcome in inner)):
            yield name, result


def main(results: Path) -> int:
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for tier in sorted(path for path in results.iterdir() if path.is_dir()):
        found = []
        for report in sorted(tier.glob("*.xml")):
            found += ctest_cases(tier) if report.name == "ctest.xml" else cases(report)
        for name, result in found:
            counts[result] += 1
            if result == "failed":
                print(f"FAILED in {tier.name}: {name}")
            elif result == "skipped":
                print(f"skipped in {tier.name}: {name}")
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
