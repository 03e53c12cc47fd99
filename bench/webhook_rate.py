"""How many events a second slipwayd delivers to one endpoint, as a ratio to bare posts of as many bytes.

The floor: one client that posts to the same receiver, over one connection, each when the one before is answered. slipwayd
delivers a backlog: the receiver answers nobody until all events are there. Each is of another upload, so that no order
holds one back; each is signed, and its attempt and its end are recorded durably, which a bare post does not do: one
fdatasync on the same disk is told beside it. Deliveries go side by side (webhooks.parallel, which --parallel changes).
"""

import argparse
import asyncio
import concurrent.futures
import http.client
import multiprocessing
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from load import KIB, idle_share, one_sync
from harness.daemon import Daemon
from harness.receiver import Receiver

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
CLIENTS = 8


class Answerer(asyncio.Protocol):
    """Answers posts while it may, and remembers those that have to wait."""

    def __init__(self, shared: "Counting"):
        self.shared, self.data = shared, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, end, body = self.data.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        if end and len(body) == length:
            self.data = b""
            self.answer()

    def answer(self) -> None:
        if self.transport.is_closing():
            return
        if not self.shared.open.is_set():
            asyncio.get_running_loop().call_later(0.002, self.answer)
            return
        self.shared.count.value += 1
        self.transport.write(ANSWER)


class Counting:
    """A receiver in a process of its own, so that it shares no interpreter with the clients."""

    def __init__(self) -> None:
        self.open, self.count = multiprocessing.Event(), multiprocessing.Value("Q", 0, lock=False)
        self.port = multiprocessing.Value("I", 0, lock=False)
        self.process = multiprocessing.Process(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.process.start()
        while not self.port.value:
            time.sleep(0.01)

    async def _serve(self) -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Answerer(self), "127.0.0.1", 0)
        self.port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    def time_of(self, count: int) -> float:
        """Seconds until so many more were answered, from now, when it begins to answer."""
        wanted, started = self.count.value + count, time.perf_counter()
        self.open.set()
        while self.count.value < wanted:
            assert time.perf_counter() - started < 300, "deliveries do not come"
            time.sleep(0.001)
        return time.perf_counter() - started


def bare_posts(receiver: Counting, count: int) -> float:
    """Posts a second of one client."""
    receiver.open.set()
    body = b"x" * 500
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port.value)
    started = time.perf_counter()
    for _ in range(count):
        connection.request("POST", "/hook", body, {"Content-Type": "application/cloudevents+json"})
        connection.getresponse().read()
    rate = count / (time.perf_counter() - started)
    connection.close()
    return rate


def begin_upload(daemon: Daemon) -> None:
    reply = daemon.client.post("/upload/init", {"file_name": "event.bin", "total_parts": 1, "chunk_size": KIB})
    assert reply.status == 200, reply


def delivered(daemon: Daemon, receiver: Counting, count: int) -> float:
    """Events a second, of a backlog."""
    receiver.open.clear()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(begin_upload, daemon) for _ in range(count)]:
            done.result()
    while daemon.metrics()["slipway_outbox_events"] > 0:
        time.sleep(0.05)
    return count / receiver.time_of(count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1000, help="of each round (1000)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parallel", type=int, default=8, help="webhooks.parallel (8)")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    (directory / "data").mkdir()
    receiver = Counting()
    daemon = Daemon(directory / "data", directory / "slipwayd.log", args=[
        "--webhooks.endpoints", f"bench http://127.0.0.1:{receiver.port.value}/hook", "--webhooks.allow_http", "true",
        "--webhooks.allow_private", "true", "--webhooks.timeout", "5m", "--webhooks.parallel", str(arguments.parallel),
        "--log.level", "warn"], env={"SLIPWAY_WEBHOOKS_SECRETS": Receiver().secret}).start()
    ratios, rates = [], []
    try:
        for _ in range(arguments.rounds):
            idle = idle_share()
            floors = [bare_posts(receiver, arguments.events)]
            rates.append(delivered(daemon, receiver, arguments.events))
            floors.append(bare_posts(receiver, arguments.events))
            sync = statistics.median(one_sync(directory) for _ in range(20))
            ratios.append(rates[-1] / statistics.mean(floors))
            print(f"{rates[-1]:.0f} events/s; bare posts {floors[0]:.0f} and {floors[1]:.0f} a second; "
                  f"ratio {ratios[-1]:.2f}; one fdatasync {sync * 1e3:.1f} ms; idle before: {idle:.0%}", flush=True)
        assert daemon.terminate() == 0
    finally:
        daemon.abandon()
        receiver.process.kill()
        shutil.rmtree(directory, ignore_errors=True)
    print(f"events a second: median {statistics.median(rates):.0f}, spread {min(rates):.0f} to {max(rates):.0f}; "
          f"ratio to bare posts: median {statistics.median(ratios):.2f}, spread {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
