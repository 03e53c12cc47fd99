"""nginx, Envoy and consul-template with the files of deploy/, on loopback: only addresses and paths are others."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from harness.daemon import REPOSITORY, patience
from harness.http import Client

DEPLOY = REPOSITORY / "deploy"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def program(name: str) -> str:
    """Of a script in scripts/servers that knows only a program; without it the test is left out, in CI it fails."""
    script = REPOSITORY / "scripts/servers" / name
    installed = subprocess.run([script, "install"], capture_output=True, text=True, timeout=3600)
    if installed.returncode != 0:
        missing(installed.stderr.strip().splitlines()[-1])
    return subprocess.run([script, "path"], capture_output=True, text=True, check=True).stdout.strip()


def missing(reason: str) -> None:
    pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


def end(process: "subprocess.Popen[bytes] | None", number: signal.Signals) -> None:
    if process is None:
        return
    process.send_signal(number)
    try:
        process.wait(patience(10))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Balancer:
    """One in front of the servers that its file names."""

    attempts = 5

    def __init__(self, folder: Path):
        self.folder, self.port, self.process = folder, 0, None
        folder.mkdir(parents=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, key: str | None) -> Client:
        return Client("127.0.0.1", self.port, key, patience(60))

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self, *upstreams: int) -> "Balancer":
        """Somebody else may take the port before it does: then on another."""
        if upstreams:
            self.name_servers(*upstreams)
        for _ in range(self.attempts):
            self.port = free_port()
            with open(self.folder / "log", "ab") as log:
                self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            if self.answers():
                return self
        raise AssertionError((self.folder / "log").read_text()[-4000:])

    def answers(self) -> bool:
        deadline = time.monotonic() + patience(60)
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                return self.client(None).get("/admin/x").status == 404
            except OSError:
                time.sleep(0.05)
        return False

    def stop(self) -> None:
        end(self.process, signal.SIGTERM)


class Nginx(Balancer):
    servers_file = "conf.d/slipway-upstream.conf"
    template = "slipway-upstream.conf.ctmpl"

    def __init__(self, folder: Path):
        super().__init__(folder)
        (folder / "conf.d").mkdir()
        (folder / "tmp").mkdir()
        if shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") is None:
            missing("nginx: not installed: scripts/setup --test installs it")

    def name_servers(self, *ports: int) -> None:
        text = (DEPLOY / "nginx/slipway-upstream.conf").read_text()
        [line] = [line for line in text.splitlines(keepends=True) if "127.0.0.1:8080" in line]
        lines = "".join(line.replace("8080", str(port)) for port in ports)
        (self.folder / self.servers_file).write_text(text.replace(line, lines))

    def command(self) -> list[str]:
        site = (DEPLOY / "nginx/slipway.conf").read_text()
        assert site.count("listen 80;") == 1
        (self.folder / "conf.d/slipway.conf").write_text(site.replace("listen 80;", f"listen 127.0.0.1:{self.port};"))
        temporary = " ".join(f"{name}_temp_path {self.folder}/tmp/{name};"
                             for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(f"""
            user root; daemon off; pid {self.folder}/pid; error_log {self.folder}/log warn; worker_processes 1;
            events {{ worker_connections 512; }}
            http {{ access_log off; {temporary} include {self.folder}/conf.d/*.conf; }}""")
        return self.base()

    def base(self) -> list[str]:
        return ["/usr/sbin/nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    @property
    def reload(self) -> str:
        command = " ".join(self.base())
        return f"{command} -t -q && {command} -s reload"


class Envoy(Balancer):
    servers_file = "slipway/endpoints.yaml"
    template = "slipway-endpoints.yaml.ctmpl"
    reload = ""

    def __init__(self, folder: Path):
        super().__init__(folder)
        (folder / "slipway").mkdir()
        self.program = program("envoy")

    def name_servers(self, *ports: int) -> None:
        text = (DEPLOY / "envoy/endpoints.yaml").read_text()
        at = text.index("    - endpoint:")
        more = "".join(text[at:].replace("8080", str(port)) for port in ports)
        # Envoy notices a file that is moved to its name, and not one that is written to.
        (self.folder / "next.yaml").write_text(text[:at] + more)
        (self.folder / "next.yaml").rename(self.folder / self.servers_file)

    def command(self) -> list[str]:
        text = (DEPLOY / "envoy/envoy.yaml").read_text()
        for old, new in (("address: 0.0.0.0, port_value: 80", f"address: 127.0.0.1, port_value: {self.port}"),
                         ("/etc/envoy/slipway", f"{self.folder}/slipway")):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (self.folder / "envoy.yaml").write_text(text)
        return [self.program, "-c", str(self.folder / "envoy.yaml"), "--use-dynamic-base-id", "--concurrency", "1",
                "-l", "warn"]


class ConsulTemplate:
    """Keeps the file of a balancer current."""

    def __init__(self, balancer: Balancer, consul, service: str):
        self.balancer, self.process = balancer, None
        destination = balancer.folder / balancer.servers_file
        template = f"{DEPLOY / 'consul-template' / balancer.template}:{destination}"
        self.command = [program("consul-template"), "-consul-addr", consul.url.removeprefix("http://"), "-template", template]
        self.reload, self.environment = balancer.reload, os.environ | {"SLIPWAY_SERVICE": service}

    def write_once(self) -> str:
        """What the file is now."""
        subprocess.run([*self.command, "-once"], env=self.environment, check=True, timeout=patience(60))
        return (self.balancer.folder / self.balancer.servers_file).read_text()

    def start(self) -> None:
        command = [*self.command[:-1], self.command[-1] + (f":sh -c '{self.reload}'" if self.reload else "")]
        with open(self.balancer.folder / "consul-template.log", "ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self) -> None:
        end(self.process, signal.SIGINT)
