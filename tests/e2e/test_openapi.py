"""docs/openapi.yaml against the running server: generated requests, valid and not, alone and one after another.

The requests are those of tests/contract_http, made from the seed that is printed; SLIPWAY_TEST_SEED repeats a run, and
SLIPWAY_CONTRACT_CASES makes it longer. Status codes, content types, fields and bodies have to be as documented, what
breaks a schema has to be refused, and nothing but a full disk may be a 5xx.
"""

import json
import os
import subprocess

import pytest
import yaml

from harness.daemon import REPOSITORY, SCALE, patience

FOLDER = REPOSITORY / "tests/contract_http"
DOCUMENT = REPOSITORY / "docs/openapi.yaml"
METHODS = ("get", "put", "post", "delete", "patch")
CASES = int(os.environ.get("SLIPWAY_CONTRACT_CASES", "12" if SCALE >= 1 else "4"))


@pytest.fixture(scope="module")
def program() -> str:
    made = subprocess.run([REPOSITORY / "scripts/contract-environment"], capture_output=True, text=True)
    assert made.returncode == 0, f"run scripts/setup --test, which needs the network once:\n{made.stderr}"
    return f"{made.stdout.strip()}/bin/schemathesis"


def operations() -> set[str]:
    paths = yaml.safe_load(DOCUMENT.read_text())["paths"]
    return {item[method]["operationId"] for item in paths.values() for method in METHODS if method in item}


def test_the_server_keeps_its_contract(start_server, rng, program, tmp_path):
    # Nobody may be told of its events, so that there are dead letters.
    server = start_server(args=["--webhooks.endpoints", "nobody https://127.0.0.1:9/", "--webhooks.max_attempts", "1"],
                          env={"SLIPWAY_WEBHOOKS_SECRETS": "a secret of 24 bytes, and more".replace(" ", "-")})
    seen_path = tmp_path / "seen.json"
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(FOLDER), "PYTHONDONTWRITEBYTECODE": "1",
                                "SLIPWAY_URL": server.url, "SLIPWAY_API_KEY": server.key,
                                "SLIPWAY_CONTRACT_SEEN": str(seen_path)}
    command = [program, "--config-file", str(FOLDER / "schemathesis.toml"), "run", str(DOCUMENT), "--url", server.url,
               "-H", f"Authorization: Bearer {server.key}", "--seed", str(rng.randrange(2**32)), "-n", str(CASES),
               "--no-color", "--continue-on-failure"]
    run = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=patience(600))
    assert run.returncode == 0, run.stdout[-20000:] + run.stderr[-2000:]

    # The judge is judged: every call was reached, and each has succeeded and was refused.
    seen = {(name, status // 100): count for name, status, count in json.loads(seen_path.read_text())}
    print(run.stdout[-600:])
    # These two need a store for disaster recovery: tests/stores.
    without_dr = {"verifyCopies", "failOver"}
    assert {name for name in operations() if (name, 2) not in seen} == without_dr
    assert {name for name in operations() if (name, 4) not in seen} == set()
