"""The contract of the S3 client over real stores: the same program as over the fake runs."""

import os
import subprocess

from conftest import BIN_DIR


def test_the_contract_holds(store):
    environment = os.environ | {"SLIPWAY_S3_KIND": store.name, "SLIPWAY_S3_URL": store.url,
                                "SLIPWAY_S3_ACCESS_KEY": store.access_key, "SLIPWAY_S3_SECRET_KEY": store.secret_key,
                                "GTEST_BRIEF": "1"}
    environment.pop("GTEST_OUTPUT", None)
    result = subprocess.run([BIN_DIR / "s3_contract_test"], env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "[  PASSED  ]" in result.stdout
