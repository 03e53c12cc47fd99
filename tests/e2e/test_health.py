"""Health and metrics: reasons of readiness, a listener of their own, and the names that dashboards rely on."""

import re
import time
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from harness import digests
from harness.http import Client
from harness.uploads import GIB, KIB, MIB, Upload

GOLDEN = Path(__file__).parent / "golden/metrics.txt"


def reasons(server):
    reply = server.client.get("/readyz", auth=False)
    return [] if reply.status == 200 else reply.json()["reasons"]


def shape_of(text):
    """Every series without its value, as "type name{labels}"; buckets only as what they are of."""
    types, shapes = {}, set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            types[name] = kind
        elif not line.startswith("#"):
            series = line.rsplit(" ", 1)[0]
            name, _, labels = series.partition("{")
            base = re.sub("_(bucket|sum|count)$", "", name)
            kind, name = (types[base], base) if types.get(base) == "histogram" else (types[name], name)
            labels = re.sub(r',?le="[^"]*"|version="[^"]*"', "", re.sub("}$", "", labels))
            # Of routes only that they are labels: which there are is for the contract to say.
            labels = re.sub(r'(route|method)="[^"]*"', r"\1", labels)
            shapes.add(f"{kind} {name}" + (f"{{{labels}}}" if labels else ""))
    return "".join(f"{shape}\n" for shape in sorted(shapes))


def test_metrics_keep_their_names_types_and_labels(server):
    shape = shape_of(server.client.get("/metrics", auth=False).body.decode())
    assert shape == GOLDEN.read_text(), (
        "The metrics are not those of tests/e2e/golden/metrics.txt. If that is meant, write the new shape there: "
        "dashboards and alerts read these names. Labels must be bounded: no ids, no paths, no names of users.\n\n" + shape)


def faults_of(family):
    """What Prometheus' own linter would say of a metric as well: names, units and help as its conventions are."""
    name, kind = family.name, family.type
    if not family.documentation:
        yield "no help"
    if kind not in ("counter", "gauge", "histogram"):
        yield f"its type is {kind}"
    if re.search(r"[^a-z0-9_]|_(milliseconds|ms|minutes|kib|mib|percent|counter|gauge|histogram)(_|$)", name):
        yield "its name"
    if kind == "gauge" and re.search("_(total|count|sum|bucket)$", name):
        yield "a gauge that is named as something else"
    series = [(sample.name, *sorted(sample.labels.items())) for sample in family.samples]
    if not series or len(series) != len(set(series)):
        yield "no series, or one twice"


def faults_of_histogram(family):
    rows = {}
    for sample in family.samples:
        labels = tuple(sorted(item for item in sample.labels.items() if item[0] != "le"))
        end = sample.name.removeprefix(family.name)
        rows.setdefault(labels, {}).setdefault(end, []).append((float(sample.labels.get("le", "nan")), sample.value))
    for row in rows.values():
        if set(row) != {"_bucket", "_sum", "_count"}:
            yield f"it has {sorted(row)}"
        elif row["_bucket"] != sorted(row["_bucket"]) or [value for _, value in row["_bucket"]] != sorted(
                value for _, value in row["_bucket"]):
            yield "its buckets are not in their order, or fall"
        elif row["_bucket"][-1] != (float("inf"), row["_count"][0][1]):
            yield "its last bucket is not its count"


def test_prometheus_reads_the_metrics_and_finds_no_fault(server):
    Upload(server.client, b"x" * 10 * KIB).finished()
    reply = server.client.get("/metrics", auth=False)
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = reply.body.decode()
    # The parser would mend this.
    assert not re.findall(r"^# TYPE (\S+)(?<!_total) counter$", text, re.MULTILINE)
    families = list(text_string_to_metric_families(text))
    assert len(families) > 40
    assert len({family.name for family in families}) == len(families)
    found = {family.name: told for family in families if (told := list(faults_of(family)))}
    found |= {family.name: told for family in families if family.type == "histogram" and
              (told := list(faults_of_histogram(family)))}
    assert not found


def test_metrics_count_what_happened(server):
    upload = Upload(server.client, b"x" * 10 * KIB)
    for number in upload.numbers:
        assert upload.put(number).status == 200
    assert upload.put(1, b"y" * 4 * KIB).status == 409
    metrics = server.metrics()
    part = 'route="/upload/{id}/part/{number}",method="PUT"'
    assert metrics[f'slipway_requests_total{{{part},code="2xx"}}'] == 3
    assert metrics[f'slipway_requests_total{{{part},code="4xx"}}'] == 1
    assert metrics[f"slipway_request_duration_seconds_count{{{part}}}"] == 4
    assert metrics["slipway_part_bytes_stored_total"] == 10 * KIB
    assert metrics["slipway_disk_sync_seconds_count"] >= 3
    assert metrics["slipway_uploads_open"] == 1
    assert metrics["process_open_fds"] > 5 and metrics["process_resident_memory_bytes"] > 1e6
    upload.complete()
    assert server.metrics()["slipway_uploads_open"] == 0


def test_what_is_turned_away_and_what_does_not_match_is_counted(start_server):
    server = start_server(["--limits.max_parts_in_flight", "1", "--quota.open_uploads", "1"])

    def init(**members):
        body = {"file_name": "a", "total_parts": 1, "chunk_size": 4 * KIB}
        return server.client.post("/upload/init", body | members).error

    assert init(chunk_size=5 * GIB, total_parts=10000) == "insufficient_storage"
    assert init(metadata={"a": "x" * MIB}) == "body_too_large"
    upload = Upload(server.client, b"x" * 8 * KIB)
    assert init() == "quota_exceeded"
    assert upload.put(1, b"y" * 4 * KIB, x_checksum_sha256=digests.base64_of(upload.digest(1))).error == "checksum_mismatch"
    with server.client.raw() as first:
        first.send_head("PUT", upload.url(1), content_length=4 * KIB, expect="100-continue")
        assert first.read_head()[0] == 100
        assert upload.put(2).error == "busy"
        first.send(upload.part(1))
        assert first.read_reply().status == 200
    metrics = server.metrics()
    rejections = {reason: metrics[f'slipway_rejections_total{{reason="{reason}"}}'] for reason in
                  ("no_room", "too_large", "quota", "busy", "timeout", "rate_limited", "draining")}
    assert rejections == {"no_room": 1, "too_large": 1, "quota": 1, "busy": 1, "timeout": 0, "rate_limited": 0,
                          "draining": 0}
    assert metrics["slipway_digest_failures_total"] == 1
    # The upload and its part at least, in batches of one change or more.
    assert metrics["slipway_catalog_batch_changes_sum"] >= metrics["slipway_catalog_batch_changes_count"] >= 2
    assert metrics["slipway_catalog_commit_seconds_count"] >= 2


def test_a_nearly_full_disk_is_told_and_completes_still_work(start_server):
    server = start_server()
    upload = Upload(server.client, b"x" * 4 * KIB)
    assert upload.put(1).status == 200
    server.terminate()
    server.args += ["--storage.min_free", "1024TiB"]
    server.data_dir.joinpath("slipwayd.addr").unlink(missing_ok=True)
    server.process = server.spawn()
    deadline = time.monotonic() + 30
    while not (server.data_dir / "slipwayd.addr").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert reasons(server) == ["disk_full"]
    reply = server.client.post("/upload/init", {"file_name": "a", "total_parts": 1, "chunk_size": KIB})
    assert reply.status == 507, reply
    assert server.client.get("/livez", auth=False).status == 200
    assert upload.complete().status == 200


def test_health_tells_of_the_start(server):
    assert server.client.get("/startupz", auth=False).json() == {"status": "ok"}
    assert reasons(server) == []


def test_administration_has_a_listener_of_its_own(start_server):
    server = start_server(["--server.admin_listen", "127.0.0.1:0"], wait=False)
    server.process = server.spawn()
    address = server.data_dir / "slipwayd.admin.addr"
    deadline = time.monotonic() + 30
    while not ((server.data_dir / "slipwayd.addr").exists() and address.exists()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    server.port = int((server.data_dir / "slipwayd.addr").read_text().rsplit(":", 1)[1])
    inner = Client("127.0.0.1", int(address.read_text().rsplit(":", 1)[1]), server.key)
    for path in ("/livez", "/readyz", "/startupz", "/metrics", "/admin/signing-keys"):
        assert inner.get(path).status == 200, path
        reply = server.client.get(path)
        assert (reply.status, reply.error) == (404, "not_found"), path
    assert inner.get("/admin/signing-keys", auth=False).status == 401
    assert server.client.get("/uploads").status == 200
    assert inner.get("/uploads").status == 404
