"""The contracts of the S3 client and of S3Store over real stores, and files on their way into these by seeds: the same
programs as over the fake run. SLIPWAY_TORTURE=long makes it 100 seeds."""

import os
import subprocess

import pytest

from servers import BIN_DIR

PROGRAMS = ["s3_contract_test", "s3_store_contract_test", "s3_store_seeds_test"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_contract_holds(store, program):
    environment = os.environ | {"SLIPWAY_S3_KIND": store.name, "SLIPWAY_S3_URL": store.url,
                                "SLIPWAY_S3_ACCESS_KEY": store.access_key, "SLIPWAY_S3_SECRET_KEY": store.secret_key,
                                "GTEST_BRIEF": "1"}
    environment.pop("GTEST_OUTPUT", None)
    result = subprocess.run([BIN_DIR / program], env=environment, capture_output=True, text=True, timeout=1200)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "[  PASSED  ]" in result.stdout
    print(result.stdout)
