"""The torture suites: crashes, power cuts, failing disks and races, in a short and in a long tier (rig/tier.py).

The totals of every suite that ran are printed at the end, whether it passed or not.
"""

import pytest

from harness.daemon import BIN_DIR

from rig.disks import Unavailable
from rig.tier import SEED, TIER, Totals

def pytest_report_header(config):
    return f"slipway: {BIN_DIR}, torture {TIER}, SLIPWAY_TORTURE_SEED={SEED}"


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section(f"torture totals, {TIER}, SLIPWAY_TORTURE_SEED={SEED}")
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []) if getattr(report, "when", "") == "teardown" else []:
                if name == "totals":
                    terminalreporter.write_line(value)


@pytest.fixture
def totals(request):
    """The counts of this test, under its name; printed at the end. They travel with its report, from whatever process it ran
    in."""
    counts = Totals(request.node.name.removeprefix("test_"))
    yield counts
    request.node.user_properties.append(("totals", str(counts)))


@pytest.fixture
def make_disk():
    """make_disk(LoopDisk, …) makes one, or skips the test with the reason; all are unmounted at the end."""
    made = []

    def make(kind, *arguments, **options):
        try:
            made.append(kind(*arguments, **options))
        except Unavailable as reason:
            pytest.skip(f"no file system of its own here: {reason}")
        return made[-1]

    yield make
    for disk in reversed(made):
        disk.close()
