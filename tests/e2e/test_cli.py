"""What all commands of the client have in common: keys, usage and exit codes, servers that are away, the terminal, completion."""

import json
import os
import pty
import re
import select
import subprocess
import time

from harness.cli import Cli, write
from harness.daemon import patience
from harness.uploads import KIB

CHUNK = 64 * KIB


def test_the_key_is_for_its_own_server_only(cli):
    file = "0" * 32
    outcome = cli.run("get", f"http://127.0.0.1:1/files/{file}")
    assert outcome.code == 2 and "--url" in outcome.err


def test_keys(cli):
    path = write(cli.directory / "a", b"x")
    key = cli.environment["SLIPWAY_API_KEY"]
    wrong = {"SLIPWAY_API_KEY": "wrong"}
    for command in [("put", path), ("get", "0" * 32), ("ls",), ("rm", "0" * 32), ("status", "0" * 32)]:
        outcome = cli.run(*command, env=wrong)
        assert outcome.code == 4, (command, outcome)
    assert "SLIPWAY_API_KEY" in cli.run("ls", env=wrong).err
    none = cli.run("ls", env={"SLIPWAY_API_KEY": ""})
    assert none.code == 4 and "SLIPWAY_API_KEY" in none.err
    key_file = write(cli.directory / "key", key.encode() + b"\n")
    cli.ok("ls", env={"SLIPWAY_API_KEY": "", "SLIPWAY_API_KEY_FILE": str(key_file)})
    cli.ok("ls", "--api-key-file", key_file, env=wrong)
    assert cli.run("ls", "--api-key-file", "absent").code == 4


def test_usage(cli):
    path = write(cli.directory / "a", b"x")
    for wrong in [(), ("fly",), ("put",), ("put", path, "--chunk-size", "5000"), ("put", path, "--chunk-size", "x"),
                  ("put", path, "--restart", "--no-resume"), ("put", path, "--metadata", "novalue"),
                  ("put", path, path / "..", "--name", "n"), ("get", "xyz"), ("status", "xyz"), ("rm", "xyz"),
                  ("ls", "--url", "nonsense"), ("ls", "--url", "ftp://localhost"), ("ls", "--max-wait", "x"),
                  ("put", path, "--parallel", "0"), ("completion", "csh")]:
        outcome = cli.run(*wrong)
        assert outcome.code == 2, (wrong, outcome)
        assert outcome.err, wrong
    helped = cli.ok("--help")
    for code in range(9):
        assert f"{code} " in helped.out.decode()
    assert "130" in helped.out.decode() and cli.ok("put", "--help").out
    assert re.match(rb"\d+\.\d+", cli.ok("--version").out)
    assert cli.run("put", "absent").code == 1


def test_a_server_that_is_not_there(cli):
    path = write(cli.directory / "a", b"x")
    nowhere = ("--url", "http://127.0.0.1:1")
    for command in [("put", path), ("get", "0" * 32), ("ls",)]:
        outcome = cli.run(*command, *nowhere, "--max-wait", "300ms")
        assert outcome.code == 7 and "127.0.0.1:1" in outcome.err, outcome
    begin = time.monotonic()
    assert cli.run("put", path, *nowhere, "--retries", "0").code == 7
    assert time.monotonic() - begin < patience(30)


def test_a_server_that_dies_and_comes_back(server, tmp_path):
    cli = Cli(tmp_path, server.url, server.key)
    data = os.urandom(30 * CHUNK)
    path = write(tmp_path / "a", data)
    process = cli.start("put", "--parallel", 2, "--chunk-size", CHUNK, path)
    lines = []
    while sum(b'"event":"part"' in line for line in lines) < 5:
        lines.append(process.stdout.readline())
    server.kill()
    while b'"event":"retry"' not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], lines
    server.start()
    out, err = process.communicate(timeout=patience(60))
    assert process.returncode == 0, (out, err)
    done = json.loads((b"".join(lines) + out).splitlines()[-1])
    assert cli.ok("get", done["file_id"], "-o", "-").out == data


def test_on_a_terminal(cli):
    name = "video\x1b[31m.mp4"
    data = os.urandom(50 * CHUNK)
    (cli.directory / name).write_bytes(data)
    for environment, coloured in [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False)]:
        main, side = pty.openpty()
        process = cli.start("put", cli.directory / name, "--name", "video.mp4", "--chunk-size", CHUNK, stdout=side,
                            env=environment)
        os.close(side)
        shown = b""
        while select.select([main], [], [], patience(20))[0]:
            try:
                shown += os.read(main, 65536)
            except OSError:
                break
        os.close(main)
        assert process.wait(patience(20)) == 0
        text = shown.decode()
        assert "50.0" not in text or "%" in text
        assert re.search(r"\d+%  [\d.]+ \w+/3\.1 MiB  .*/s  ETA ", text), text
        assert ("\x1b[32m" in text) == coloured
        assert "\x1b[31m" not in text and "video?[31m.mp4" in text
        assert re.search(r"[0-9a-f]{32}(\x1b\[0m)?  http://", text)
        # The last word is whole: no half-drawn progress stays.
        assert text.endswith("\n") or text.endswith("\x1b[K")


def test_completion_for_bash(cli):
    script = cli.ok("completion", "bash").out
    done = subprocess.run(["bash", "--norc", "-c", script.decode() + "complete -p slipway"], capture_output=True)
    assert done.returncode == 0 and b"_slipway slipway" in done.stdout
    assert subprocess.run(["bash", "-n"], input=script).returncode == 0
    assert b"compdef" in cli.ok("completion", "zsh").out
    assert b"complete -c slipway" in cli.ok("completion", "fish").out
