"""One upload seen from a client: its data, its part URLs, its calls."""

from typing import Any

from .digests import chain, sha256
from .http import Client, Reply

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


class Upload:
    """Begins an upload of `data` in parts of `chunk_size`. More members of the init body go in by name."""

    def __init__(self, client: Client, data: bytes, chunk_size: int = 4 * KIB, **members: Any):
        self.client, self.data, self.chunk_size = client, data, chunk_size
        self.total_parts = members.pop("total_parts", -(-len(data) // chunk_size))
        body = {"file_name": "sample.bin", "total_parts": self.total_parts, "chunk_size": chunk_size,
                "file_size": len(data)} | members
        self.init = client.post("/upload/init", {name: value for name, value in body.items() if value is not None})
        assert self.init.status == 200, self.init
        self.id: str = self.init.json()["upload_id"]
        self.urls = {part["part_number"]: part["url"] for part in self.init.json()["part_urls"]}

    def part(self, number: int) -> bytes:
        return self.data[(number - 1) * self.chunk_size:number * self.chunk_size]

    def digest(self, number: int) -> str:
        return sha256(self.part(number))

    @property
    def numbers(self) -> range:
        return range(1, self.total_parts + 1)

    @property
    def chain(self) -> str:
        return chain([self.digest(number) for number in self.numbers])

    def url(self, number: int) -> str:
        """The signed URL; asked for when init did not name it."""
        if number not in self.urls:
            reply = self.client.get(f"/upload/{self.id}/part?part_number={number}")
            assert reply.status == 200, reply
            self.urls[number] = reply.json()["url"]
        return self.urls[number]

    def put(self, number: int, data: bytes | None = None, **headers: str) -> Reply:
        """Sends a part. Underscores of field names become hyphens."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.put(self.url(number), self.part(number) if data is None else data, headers=fields)

    def put_all(self) -> "Upload":
        for number in self.numbers:
            reply = self.put(number)
            assert reply.status == 200, reply
        return self

    def chunks(self) -> Any:
        reply = self.client.get(f"/upload/chunks?upload_id={self.id}")
        assert reply.status == 200, reply
        return reply.json()

    def stored(self) -> dict[int, str]:
        """Part number to SHA-256 of every part that the server has."""
        return {part["part_number"]: part["sha256"] for part in self.chunks()["parts"]}

    def status(self) -> Any:
        reply = self.client.get(f"/upload/{self.id}")
        assert reply.status == 200, reply
        return reply.json()

    def complete(self, body: Any = None) -> Reply:
        return self.client.post(f"/upload/{self.id}/complete", body)

    def abort(self) -> Reply:
        return self.client.delete(f"/upload/{self.id}")

    def download(self, **headers: str) -> Reply:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"/files/{self.id}", headers=fields)

    def finished(self) -> Any:
        """Sends every part and completes; the answer of Complete."""
        reply = self.put_all().complete()
        assert reply.status == 200, reply
        return reply.json()
