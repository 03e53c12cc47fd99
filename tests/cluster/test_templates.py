"""Which servers the files of deploy/consul-template name."""

import json

import pytest

from balancers import ConsulTemplate, Envoy, Nginx
from conftest import wait_until


def register(consul, service: str, port: int, status: str) -> None:
    """With a check that stays as it is told."""
    described = {"ID": f"{service}-{port}", "Name": service, "Address": "127.0.0.1", "Port": port,
                 "Check": {"CheckID": f"{service}-{port}", "TTL": "24h", "Status": status}}
    consul.ask("PUT", "/v1/agent/service/register", json.dumps(described).encode())
    wait_until("it is known", lambda: f"{service}-{port}" in [one["Service"]["ID"] for one in consul.instances(service)])


@pytest.mark.parametrize("kind", [Nginx, Envoy], ids=["nginx", "envoy"])
def test_the_ready_ones_or_else_all_that_are_known(kind, consul, tmp_path, request):
    service = "named-" + request.node.callspec.id
    templated = ConsulTemplate(kind(tmp_path / "balancer"), consul, service)
    for port in (4001, 4002):
        register(consul, service, port, "critical")
    text = templated.write_once()
    assert "4001" in text and "4002" in text, "a Consul that has just begun has made no check yet"
    register(consul, service, 4003, "passing")
    wait_until("it is ready", lambda: consul.ready(service))
    text = templated.write_once()
    assert "4003" in text and "4001" not in text and "4002" not in text
