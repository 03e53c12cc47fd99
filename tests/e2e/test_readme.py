"""README.md's commands, run as they stand there, and what the programs say of themselves."""

import os
import re
import shlex
import signal
import subprocess
import time

import pytest

from harness.daemon import BIN_DIR, REPOSITORY, patience

README = (REPOSITORY / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
# Blocks of make targets are run by tests of their own, or are what runs this.
MAKE, WALK = ([block for block in BLOCKS if block.startswith("make ") == wanted] for wanted in (True, False))


def test_the_walk_through(server, tmp_path):
    """All blocks in one shell, in order, stopping at the first command that fails."""
    assert len(WALK) >= 7
    directory = tmp_path / "walk"
    directory.mkdir()
    environment = os.environ | {"SLIPWAY_URL": server.url, "SLIPWAY_API_KEY": server.key, "HOME": str(directory),
                                "PATH": f"{BIN_DIR}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-euxo", "pipefail", "-c", "\n".join(WALK)], cwd=directory, env=environment,
                          capture_output=True, text=True, timeout=patience(120))
    assert done.returncode == 0, done.stdout + done.stderr
    assert '{"received":[[1,1],[3,3]],"missing":[[2,2]]}' in done.stdout
    assert (directory / "copy.raw").read_bytes() == (directory / "photo.raw").read_bytes()
    assert server.client.get("/files").json()["files"] == []


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", README, re.MULTILINE))))
def test_every_make_target_that_is_named_exists(target):
    name = "".join(target)
    assert subprocess.run(["make", "-n", name], cwd=REPOSITORY, capture_output=True).returncode == 0, name


def test_every_link_leads_somewhere():
    for link in re.findall(r"\]\((?!http)([^)#]+)", README):
        assert (REPOSITORY / link).exists(), link


@pytest.mark.skipif(BIN_DIR != REPOSITORY / "build/release/bin", reason="make run builds and runs the release tree")
def test_make_run_serves_and_prints_a_key(tmp_path):
    data = tmp_path / "data"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
    arguments = f"--data-dir {shlex.quote(str(data))} --listen 127.0.0.1:0"
    with open(tmp_path / "out", "wb") as out:
        make = subprocess.Popen(["make", "run", f"ARGS={arguments}"], cwd=REPOSITORY, env=environment, stdout=out,
                                stderr=subprocess.STDOUT, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while not (data / "slipwayd.addr").exists():
            assert make.poll() is None and time.monotonic() < deadline, (tmp_path / "out").read_text()
            time.sleep(0.05)
        url = "http://" + (data / "slipwayd.addr").read_text().strip()
        # The address is there before the key is printed.
        while not any(answers(url, word) for word in set(re.findall(r"[\w.-]{20,}", (tmp_path / "out").read_text()))):
            assert time.monotonic() < deadline, "no word of the output is a key"
            time.sleep(0.05)
    finally:
        os.killpg(make.pid, signal.SIGTERM)
        make.wait(30)


def answers(url: str, key: str) -> bool:
    command = ["curl", "-sS", "-o", os.devnull, "-w", "%{http_code}", "-H", f"Authorization: Bearer {key}", f"{url}/files"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout == "200"


# What the programs say of themselves


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
    return subprocess.run([str(BIN_DIR / program), *arguments], env=clean | environment, capture_output=True, text=True,
                          timeout=patience(20))


@pytest.mark.parametrize("program", ["slipwayd", "slipway"])
def test_help(program):
    done = run(program, "--help")
    assert done.returncode == 0 and "Usage" in done.stdout + done.stderr or "usage" in done.stdout, done


@pytest.mark.parametrize("arguments, told", [
    (["slipway", "putt", "x"], "slipway: there is no command putt"),
    (["slipway", "admin", "keys"], "slipway: there is no command keys"),
    (["slipway"], "slipway: A subcommand is required"),
    (["slipway", "--url", "ftp://x", "ls"], "slipway: not an http or https URL: ftp://x"),
    (["slipwayd", "--lisen", "x"], "slipwayd: The following arguments were not expected"),
    (["slipwayd", "--config", "nowhere.toml"], "slipwayd: open nowhere.toml: No such file"),
    (["slipwayd", "--listen", "name.example:80"], "slipwayd: listen on name.example: no IPv4 or IPv6 address"),
    (["slipwayd", "--data-dir", "/proc/nowhere/below"], "/proc/nowhere"),
])
def test_a_mistake_is_told_in_one_line_by_who_noticed(tmp_path, arguments, told):
    done = run(*arguments, SLIPWAY_STORAGE_DATA_DIR=str(tmp_path / "data"), SLIPWAY_SERVER_LISTEN="127.0.0.1:0")
    assert done.returncode in (1, 2) and told in done.stderr, done


def test_a_port_in_use_is_named(server, tmp_path):
    done = run("slipwayd", "--data-dir", str(tmp_path / "other"), "--listen", f"127.0.0.1:{server.port}")
    assert done.returncode == 1
    assert f"slipwayd: listen on 127.0.0.1:{server.port}: Address already in use" in done.stderr, done


@pytest.mark.parametrize("document", ["README.md", "docs/events.md"])
def test_examples_of_settings_are_valid(tmp_path, document):
    blocks = re.findall(r"^```toml\n(.*?)^```$", (REPOSITORY / document).read_text(), re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        (tmp_path / "slipwayd.toml").write_text(block)
        checked = run("slipwayd", "--config", str(tmp_path / "slipwayd.toml"), "--check-config")
        assert checked.returncode == 0, checked


def test_print_config_shows_values_and_no_secret(tmp_path):
    config = tmp_path / "slipway.toml"
    shown = run("slipwayd", "--print-config", SLIPWAY_API_KEY="a-very-secret-key")
    assert shown.returncode == 0, shown
    assert "a-very-secret-key" not in shown.stdout + shown.stderr
    # What is shown is a configuration that can be used.
    config.write_text(shown.stdout)
    checked = run("slipwayd", "--config", str(config), "--check-config")
    assert checked.returncode == 0, checked


def test_check_config_names_what_is_wrong(tmp_path):
    config = tmp_path / "slipway.toml"
    for text, told in (("unheard_of = 1\n", "unheard_of"), ("[server\n", str(config)),
                       ("[unheard_section]\na = 1\n", "unheard_section")):
        config.write_text(text)
        checked = run("slipwayd", "--config", str(config), "--check-config")
        assert checked.returncode not in (0, -6, -11), text
        assert told in checked.stdout + checked.stderr, checked
