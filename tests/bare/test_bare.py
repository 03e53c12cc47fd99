"""slipwayd and slipway without any backend that a build can leave out (cmake/SlipwayBackends.cmake): the same service on one
machine; who asks for more is told at the start what is missing. Over the build that `make test-bare` makes."""

import os
import subprocess

import pytest

from harness.cli import Cli
from harness.daemon import BIN_DIR, Daemon, patience
from harness.forms import file, form, post_form
from harness.uploads import KIB, MIB, Upload

STORE = '[[store]]\nname = "main"\nkind = "s3"\nendpoint = "http://127.0.0.1:9000"\nbucket = "uploads"\n'
MARIADB = '[metadata]\nkind = "mariadb"\nurl = "mysql://slipway@127.0.0.1/slipway"\n'
CONSUL = '[consul]\naddress = "http://127.0.0.1:8500"\n'
REDIS = '[redis]\naddress = "127.0.0.1:6379"\n'
KAFKA = '[kafka]\nbrokers = "127.0.0.1:9092"\n'


@pytest.fixture
def server(tmp_path):
    made = Daemon(tmp_path / "data", tmp_path / "slipwayd.log")
    made.data_dir.mkdir()
    try:
        yield made.start()
        made.close()
    finally:
        made.abandon()


def test_uploads_and_forms_are_received_and_outlive_a_kill(server):
    data = os.urandom(MIB + 77)
    upload = Upload(server.client, data, chunk_size=64 * KIB).put_all()
    server.kill()
    server.start()
    assert upload.complete().status == 200
    assert upload.download().body == data
    assert post_form(server.client, form(file("a.txt", b"text"))).status == 200


def test_the_command_line_client_puts_and_gets(server, tmp_path):
    (tmp_path / "home").mkdir()
    cli = Cli(tmp_path / "home", server.url, server.key)
    source, target = tmp_path / "source.bin", tmp_path / "target.bin"
    source.write_bytes(os.urandom(3 * MIB))
    made = cli.put(source)
    cli.ok("get", made["file_id"], "-o", target)
    assert target.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("configuration, key, name", [
    (STORE, "store.main", "S3 stores (SLIPWAY_S3)"),
    (MARIADB, "metadata.kind", "MariaDB (SLIPWAY_MARIADB)"),
    (CONSUL, "consul.address", "Consul (SLIPWAY_CONSUL)"),
    (MARIADB + REDIS, "redis.address", "Redis (SLIPWAY_REDIS)"),
    (KAFKA, "kafka.brokers", "Kafka (SLIPWAY_KAFKA)"),
])
def test_what_is_not_built_in_stops_the_start(tmp_path, configuration, key, name):
    (tmp_path / "slipwayd.toml").write_text(configuration)
    command = [BIN_DIR / "slipwayd", "--data-dir", tmp_path / "data", "--listen", "127.0.0.1:0",
               "--config", tmp_path / "slipwayd.toml"]
    done = subprocess.run(command, env=os.environ | {"SLIPWAY_METADATA_PASSWORD": "secret"}, capture_output=True, text=True,
                          timeout=patience(60))
    assert done.returncode != 0
    assert f"{key}: this program was built without {name}" in done.stdout + done.stderr


def test_the_version_says_what_is_not_built_in():
    said = subprocess.run([BIN_DIR / "slipwayd", "--version"], capture_output=True, text=True, timeout=patience(60)).stdout
    assert said.splitlines()[1] == "built without MariaDB, S3 stores, Consul, Redis, Kafka"


def test_the_client_says_so_as_well(tmp_path):
    (tmp_path / "stores.toml").write_text(STORE)
    command = [BIN_DIR / "slipway", "admin", "store", "--config", tmp_path / "stores.toml", "check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=patience(60))
    assert done.returncode == 2 and "built without S3 stores" in done.stderr, done
    (tmp_path / "home").mkdir()
    cli = Cli(tmp_path / "home", "consul://127.0.0.1:8500/slipway", "a-key-of-sixteen-characters")
    outcome = cli.run("ls")
    assert outcome.code != 0 and "built without Consul" in outcome.err, outcome
