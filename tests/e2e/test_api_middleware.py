"""What is done for every request: ids, the place in a trace, and the line in the log."""

import os
import re

from harness.uploads import KIB, Upload

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def lines_of(server, reply):
    return [line for line in server.log_lines() if line.get("request_id") == reply.headers["X-Request-Id"]]


def test_a_request_goes_on_with_the_trace_of_its_client(server):
    body = {"file_name": "a", "total_parts": 1, "chunk_size": KIB}
    reply = server.client.post("/upload/init", body, headers={"traceparent": f"00-{TRACE}-{SPAN}-01",
                                                              "X-Request-Id": "mine-1"})
    assert re.fullmatch(f"00-{TRACE}-[0-9a-f]{{16}}-01", reply.headers["traceparent"])
    assert SPAN not in reply.headers["traceparent"]
    assert re.fullmatch("[0-9a-f]{16}", reply.headers["X-Request-Id"])
    lines = lines_of(server, reply)
    assert {line["event"] for line in lines} == {"upload_created", "request"}
    assert {line["trace_id"] for line in lines} == {TRACE}
    assert lines[-1]["client_request_id"] == "mine-1"
    assert lines[-1]["span_id"] in reply.headers["traceparent"]


def test_a_request_without_a_trace_begins_one(server):
    replies = [server.client.get("/uploads", headers=headers) for headers in
               ({}, {"traceparent": "broken"}, {"X-Request-Id": 'a"b'}, {"X-Request-Id": "x" * 65})]
    traces = {reply.headers["traceparent"][3:35] for reply in replies}
    assert len(traces) == len(replies) and TRACE not in traces
    for reply in replies:
        line = lines_of(server, reply)[-1]
        assert line["trace_id"] in reply.headers["traceparent"] and line["client_request_id"] == ""


def test_the_log_has_a_line_for_every_request(server):
    upload = Upload(server.client, os.urandom(20 * KIB), 20 * KIB)
    reply = upload.put(1)
    line = lines_of(server, reply)[-1]
    assert line["event"] == "request" and line["method"] == "PUT" and line["status"] == 200
    assert line["route"] == "/upload/{id}/part/{number}" and line["path"] == f"/upload/{upload.id}/part/1"
    assert (line["bytes_in"], line["bytes_out"]) == (20 * KIB, len(reply.body))
    assert line["duration_ms"] > 0 and line["peer"] == "127.0.0.1" and line["principal"] == ""
    line = lines_of(server, server.client.get(f"/upload/{upload.id}"))[-1]
    assert (line["route"], line["principal"], line["bytes_in"]) == ("/upload/{id}", "admin", 0)
    line = lines_of(server, server.client.get("/nowhere"))[-1]
    assert (line["route"], line["status"]) == ("none", 404)
    assert "sig=" not in server.log_path.read_text() and server.key not in server.log_path.read_text()
