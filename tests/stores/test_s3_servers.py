"""The contract of the S3 client over real stores: each is started on loopback, and the same program as over the fake runs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("SLIPWAY_BIN_DIR", ROOT / "build/release/bin")) / "s3_contract_test"
SERVERS = ["minio", "versitygw"]


def script(server: str, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run([ROOT / "scripts/servers" / server, *words], capture_output=True, text=True, timeout=900)


@pytest.fixture(params=SERVERS)
def store(request, tmp_path):
    server = request.param
    installed = script(server, "install")
    if installed.returncode != 0:
        reason = installed.stderr.strip().splitlines()[-1]
        # On a developer's machine the rest of the tests is worth running without it; CI has to have it.
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    started = script(server, "start", str(tmp_path))
    assert started.returncode == 0, started.stderr
    try:
        ready = script(server, "wait", str(tmp_path))
        assert ready.returncode == 0, ready.stderr
        yield server, started.stdout.strip()
    finally:
        script(server, "stop", str(tmp_path))
        shutil.rmtree(tmp_path, ignore_errors=True)


def test_the_contract_holds(store):
    server, url = store
    environment = os.environ | {"SLIPWAY_S3_KIND": server, "SLIPWAY_S3_URL": url, "SLIPWAY_S3_ACCESS_KEY": "slipway-test",
                                "SLIPWAY_S3_SECRET_KEY": "slipway-test-secret", "GTEST_BRIEF": "1"}
    environment.pop("GTEST_OUTPUT", None)
    result = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "[  PASSED  ]" in result.stdout
