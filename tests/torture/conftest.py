"""The torture suites: crashes, power cuts, failing disks and races, in a short and in a long tier (rig/tier.py).

The totals of every suite that ran are printed at the end, whether it passed or not.
"""

import pytest

from harness.daemon import BIN_DIR

from rig.disks import Unavailable
from rig.tier import SEED, TIER, Totals

_totals: list[Totals] = []


def pytest_report_header(config):
    return f"slipway: {BIN_DIR}, torture {TIER}, SLIPWAY_TORTURE_SEED={SEED}"


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section(f"torture totals, {TIER}, SLIPWAY_TORTURE_SEED={SEED}")
    for totals in _totals:
        terminalreporter.write_line(str(totals))


@pytest.fixture
def totals(request):
    """The counts of this test, under its name; printed at the end."""
    _totals.append(Totals(request.node.name.removeprefix("test_")))
    return _totals[-1]


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
