"""kill -9 at random moments under load: no acknowledged byte is lost, nothing appears half, no blob is left over."""

import pytest

from harness.uploads import KIB, Upload

from rig.book import Violation
from rig.cycles import Torture
from rig.shims import lying_disk
from rig.tier import count, seeded


def test_kill(tmp_path, totals):
    cycles = count("kill")
    with Torture(tmp_path, tmp_path / "data", seeded("kill")) as torture:
        torture.run(cycles, torture.daemon.kill, totals)
        torture.must_have_been_torture(cycles)


# The torture itself


@pytest.mark.parametrize("lie", ["blob_writes", "log_writes"])
def test_a_server_that_drops_writes_is_noticed(tmp_path, lie):
    """The reads after a kill come from the disk: parts that are listed and were never written, records that vanish."""
    with Torture(tmp_path, tmp_path / "data", seeded(lie), env=lying_disk(tmp_path, lie)) as torture:
        with pytest.raises(Violation, match="wrong bytes|is lost|not listed"):
            torture.run(5, torture.daemon.kill)


def test_what_nobody_asked_for_is_noticed(tmp_path):
    with Torture(tmp_path, tmp_path / "data", seeded("ghosts")) as torture:
        torture.run(2, torture.daemon.kill)
        client = torture.daemon.client
        foreign = Upload(client, b"f" * KIB, KIB)
        with pytest.raises(Violation, match="nobody knows it"):
            torture.judge.after_crash(client)
        assert foreign.abort().status == 204
        torture.judge.after_crash(client)
        for area in ("staging", "files"):
            ghost = torture.daemon.data_dir / "blobs" / area / "ab" / ("ab" * 16)
            ghost.write_bytes(b"ghost")
            with pytest.raises(Violation, match="blobs? without"):
                torture.judge.after_crash(client)
            ghost.unlink()
        torture.judge.after_crash(client)
