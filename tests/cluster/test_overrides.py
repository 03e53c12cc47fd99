"""Settings out of Consul's key-value store: read at the start, refused with their keys, and watched while the server runs."""

import subprocess

from harness.daemon import BIN_DIR


def printed(consul, service: str, *arguments: str) -> subprocess.CompletedProcess:
    command = [BIN_DIR / "slipwayd", "--consul.address", consul.url, "--consul.service", service, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_they_stand_between_the_file_and_the_servers_own_sources(consul, tmp_path):
    (tmp_path / "slipwayd.toml").write_text("[tasks]\nworkers = 3\n[limits]\nburst = 3\n")
    consul.put_key("fleet/config/tasks.workers", "5")
    consul.put_key("fleet/config/limits.burst", "5")
    shown = printed(consul, "fleet", "--print-config", "--config", str(tmp_path / "slipwayd.toml"), "--limits.burst", "9")
    assert shown.returncode == 0, shown
    assert "workers = 5\n" in shown.stdout and "burst = 9\n" in shown.stdout


def test_a_mistake_stops_the_start_with_its_key(consul):
    consul.put_key("wrong/config/limits.burst", "many")
    refused = printed(consul, "wrong", "--check-config")
    assert refused.returncode == 2 and "Consul key wrong/config/limits.burst" in refused.stderr


def test_secrets_and_what_is_one_servers_own_are_refused(consul):
    consul.put_key("secret/config/auth.api_key_file", "/etc/key")
    refused = printed(consul, "secret", "--check-config")
    assert refused.returncode == 2 and "auth.api_key_file: is each server's own" in refused.stderr


def test_without_consul_the_rest_counts(own_consul, make_node):
    own_consul.stop()
    node = make_node().join(own_consul, "slipway").start()
    assert node.events("consul_settings_unread")
    # What is there when Consul is, is told.
    own_consul.start()
    own_consul.put_key("slipway/config/tasks.workers", "9")
    assert node.wait_for_event("restart_needed")["settings"] == "tasks.workers"


def test_a_change_is_taken_over_or_said_to_need_a_restart(consul, make_node):
    node = make_node().join(consul, "changing").start()
    node.wait_for_event("consul_registered")
    consul.put_key("changing/config/log.level", "debug")
    assert node.wait_for_event("settings_changed")["settings"] == "log.level"
    consul.put_key("changing/config/limits.burst", "77")
    assert node.wait_for_event("restart_needed")["settings"] == "limits.burst"
    consul.put_key("changing/config/limits.burst", "many")
    assert "changing/config/limits.burst" in node.wait_for_event("consul_settings_refused")["detail"]
    consul.delete_key("changing/config/limits.burst")
    consul.delete_key("changing/config/log.level")
    node.wait_for_event("settings_changed", 2)
    assert len(node.events("restart_needed")) == 1
