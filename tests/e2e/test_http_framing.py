"""Requests that two parsers could read in two ways, over a raw socket to the real server.

Each probe is followed at once by a request for a path of its own. Whoever takes a refused request, or the rest of one,
for the beginning of another serves that path, and the server's log shows it: the log is what these tests judge by.
"""

import itertools
import json
import time

import pytest

from harness.daemon import patience

HOST = b"Host: a\r\n"
GET = b"GET /livez HTTP/1.1\r\n" + HOST
POST = b"POST /livez HTTP/1.1\r\n" + HOST
# "{auth}" becomes the field with the key, so that the body of a request is really read.
INIT = b"POST /upload/init HTTP/1.1\r\n" + HOST + b"{auth}"
CHUNKED = INIT + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"


# What is no HTTP/1.1 request: name, bytes, status. The connection ends and nothing after it is served.
REFUSED_HEADS = [
    # Transfer-Encoding and Content-Length: RFC 9112 section 6.
    ("length, then chunked", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + END, 400),
    ("chunked, then length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + END, 400),
    ("chunked and length 0", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + END, 400),
    ("gzip", POST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    ("chunked, gzip", POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n", 400),
    ("gzip, chunked", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + END, 400),
    ("xchunked", POST + b"Transfer-Encoding: xchunked\r\n\r\n" + END, 400),
    ("chunkedx", POST + b"Transfer-Encoding: chunkedx\r\n\r\n" + END, 400),
    ("identity and a length", POST + b"Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n", 400),
    ("identity", POST + b"Transfer-Encoding: identity\r\n\r\n", 400),
    ("chunked, chunked", POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + END, 400),
    ("chunked, identity", POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + END, 400),
    ("two lines of chunked", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + END, 400),
    ("chunked, then identity", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + END, 400),
    ("an empty encoding", POST + b"Transfer-Encoding:\r\n\r\n" + END, 400),
    ("a comma before chunked", POST + b"Transfer-Encoding: , chunked\r\n\r\n" + END, 400),
    ("a parameter of chunked", POST + b"Transfer-Encoding: chunked;q=1\r\n\r\n" + END, 400),
    ("quoted chunked", POST + b'Transfer-Encoding: "chunked"\r\n\r\n' + END, 400),
    ("vertical tab before chunked", POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + END, 400),
    ("NUL after chunked", POST + b"Transfer-Encoding: chunked\x00\r\n\r\n" + END, 400),
    ("a letter of Latin-1 after chunked", POST + b"Transfer-Encoding: chunked\xa0\r\n\r\n" + END, 400),
    ("space before the colon of the encoding", POST + b"Transfer-Encoding : chunked\r\n\r\n" + END, 400),
    ("tab before the colon of the length", POST + b"Content-Length\t: 0\r\n\r\n", 400),
    ("a folded encoding", POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + END, 400),
    ("chunked in HTTP/1.0", b"POST /livez HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + END, 400),
    ("chunked in HTTP/1.0 that stays", b"POST /livez HTTP/1.0\r\n" + HOST +
     b"Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + END, 400),
    ("two lengths", POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
    ("the same length twice", POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
    ("a list of one length", POST + b"Content-Length: 5, 5\r\n\r\nhello", 400),
    ("a list of two lengths", POST + b"Content-Length: 5, 6\r\n\r\nhello", 400),
    ("+5", POST + b"Content-Length: +5\r\n\r\nhello", 400),
    ("-5", POST + b"Content-Length: -5\r\n\r\nhello", 400),
    ("-0", POST + b"Content-Length: -0\r\n\r\n", 400),
    ("0x5", POST + b"Content-Length: 0x5\r\n\r\nhello", 400),
    ("5.0", POST + b"Content-Length: 5.0\r\n\r\nhello", 400),
    ("1e1", POST + b"Content-Length: 1e1\r\n\r\nhellohello", 400),
    ("5 5", POST + b"Content-Length: 5 5\r\n\r\nhello", 400),
    ("an empty length", POST + b"Content-Length:\r\n\r\n", 400),
    ("2^63", POST + b"Content-Length: 9223372036854775808\r\n\r\n", 400),
    ("2^64", POST + b"Content-Length: 18446744073709551616\r\n\r\n", 400),
    ("a length past every integer", POST + b"Content-Length: " + b"9" * 60 + b"\r\n\r\n", 400),
    ("a length with NUL", POST + b"Content-Length: 5\x00\r\n\r\nhello", 400),
    ("a folded length", POST + b"Content-Length: \r\n 5\r\n\r\nhello", 400),
    # Lines: RFC 9112 sections 2.2 and 5.
    ("bare LF after the request line", b"GET /livez HTTP/1.1\n" + HOST + b"\r\n", 400),
    ("bare LF after a field", b"GET /livez HTTP/1.1\r\nHost: a\n\r\n", 400),
    ("bare LF for the empty line", b"GET /livez HTTP/1.1\r\nHost: a\r\n\n", 400),
    ("bare CR in a field", GET + b"X: a\rTransfer-Encoding: chunked\r\n\r\n", 400),
    ("bare CR in the request line", b"GET /livez\r HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("CR CR LF", GET + b"X: a\r\r\n\r\n", 400),
    ("NUL in a field", GET + b"X: a\x00b\r\n\r\n", 400),
    ("NUL in a name", GET + b"X\x00Y: a\r\n\r\n", 400),
    ("a control in a field", GET + b"X: a\x01b\r\n\r\n", 400),
    ("DEL in a field", GET + b"X: a\x7fb\r\n\r\n", 400),
    ("a fold of a space", GET + b"X: a\r\n b\r\n\r\n", 400),
    ("a fold of a tab", GET + b"X: a\r\n\tb\r\n\r\n", 400),
    ("a fold of the first field", b"GET /livez HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    ("a line of blanks", GET + b" \r\n\r\n", 400),
    ("a field without a colon", GET + b"nonsense\r\n\r\n", 400),
    ("a field without a name", GET + b": value\r\n\r\n", 400),
    ("a space in a name", GET + b"Bad Name: a\r\n\r\n", 400),
    ("a name that is no token", GET + b"Na(me): a\r\n\r\n", 400),
    ("a name of Latin-1", GET + b"N\xe4me: a\r\n\r\n", 400),
    # The request line: RFC 9112 section 3.
    ("nothing but a word", b"nonsense\r\n\r\n", 400),
    ("HTTP/0.9", b"GET /livez\r\n\r\n", 400),
    ("two spaces before the target", b"GET  /livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("two spaces before the version", b"GET /livez  HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a tab before the target", b"GET\t/livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a space before the method", b" GET /livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a space after the version", b"GET /livez HTTP/1.1 \r\n" + HOST + b"\r\n", 400),
    ("a space in the target", b"GET /live z HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a method that is no token", b"GE(T /livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a method in lower case", b"get /livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("no method", b"/livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a version in lower case", b"GET /livez http/1.1\r\n" + HOST + b"\r\n", 400),
    ("a version of three figures", b"GET /livez HTTP/1.10\r\n" + HOST + b"\r\n", 400),
    ("HTTP/1.", b"GET /livez HTTP/1.\r\n" + HOST + b"\r\n", 400),
    ("another protocol", b"GET /livez ICAP/1.0\r\n" + HOST + b"\r\n", 400),
    ("HTTP/2.0", b"GET /livez HTTP/2.0\r\n" + HOST + b"\r\n", 505),
    ("HTTP/1.2", b"GET /livez HTTP/1.2\r\n" + HOST + b"\r\n", 505),
    ("HTTP/0.1", b"GET /livez HTTP/0.1\r\n" + HOST + b"\r\n", 505),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("a greeting of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    # The target: RFC 9112 section 3.2.
    ("a target without a slash", b"GET livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("authority form", b"CONNECT a:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("asterisk form", b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("asterisk form of GET", b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("absolute form of another host", b"GET http://b/livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("absolute form of another scheme", b"GET ftp://a/livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("absolute form with a user", b"GET http://u@a/livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("absolute form without a host", b"GET http:///livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a fragment", b"GET /livez#x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("NUL in the target", b"GET /li\x00vez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("UTF-8 in the target", b"GET /li\xc3\xa4vez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("an encoded NUL", b"GET /livez%00 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("an encoded slash", b"GET /files%2flivez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a broken escape", b"GET /livez%zz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("an escape that is cut", b"GET /livez%4 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("dots in the path", b"GET /files/../livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("encoded dots in the path", b"GET /files/%2e%2e/livez HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    # Host: RFC 9112 section 3.2, RFC 3986 section 3.2.2.
    ("no host", b"GET /livez HTTP/1.1\r\n\r\n", 400),
    ("two hosts", b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("the same host twice", b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    ("two hosts in HTTP/1.0", b"GET /livez HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("a host with a path", b"GET /livez HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    ("a host with a user", b"GET /livez HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    ("a host with a space", b"GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    ("a list of hosts", b"GET /livez HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
    ("a list of hosts without blanks", b"GET /livez HTTP/1.1\r\nHost: a,b\r\n\r\n", 400),
    ("a port that is no number", b"GET /livez HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
    ("a port past 65535", b"GET /livez HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400),
    ("two ports", b"GET /livez HTTP/1.1\r\nHost: a:1:2\r\n\r\n", 400),
    ("a bracket that stays open", b"GET /livez HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
    ("text after a bracket", b"GET /livez HTTP/1.1\r\nHost: [::1]a\r\n\r\n", 400),
    ("an address that is none", b"GET /livez HTTP/1.1\r\nHost: [::g]\r\n\r\n", 400),
    # Expect: RFC 9110 section 10.1.1.
    ("another expectation", GET + b"Expect: 200-ok\r\n\r\n", 417),
    ("two expectations", GET + b"Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n", 417),
    # Size.
    ("a huge field", GET + b"X: " + b"x" * 100_000 + b"\r\n\r\n", 431),
    ("a huge name", GET + b"x" * 100_000 + b": x\r\n\r\n", 431),
    ("a huge target", b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431),
    ("a huge method", b"G" * 100_000 + b" /livez HTTP/1.1\r\n" + HOST + b"\r\n", 431),
    ("a huge number of fields", GET + b"a:b\r\n" * 20_000 + b"\r\n", 431),
]

# Heads that are understood, with a body whose framing is broken, or that is not read: the status is of the whole.
REFUSED_BODIES = [
    ("no size", CHUNKED + b"\r\n\r\n", 400),
    ("a negative size", CHUNKED + b"-2\r\n{}\r\n" + END, 400),
    ("a size with a sign", CHUNKED + b"+2\r\n{}\r\n" + END, 400),
    ("a size with 0x", CHUNKED + b"0x2\r\n{}\r\n" + END, 400),
    ("a size with an underscore", CHUNKED + b"0_2\r\n{}\r\n" + END, 400),
    ("a size past 64 bits", CHUNKED + b"10000000000000002\r\n{}\r\n" + END, 400),
    ("a size of all ones", CHUNKED + b"ffffffffffffffff\r\n{}\r\n" + END, 400),
    ("a size of endless zeros", CHUNKED + b"0" * 1000 + b"2\r\n{}\r\n" + END, 400),
    ("a space before a size", CHUNKED + b" 2\r\n{}\r\n" + END, 400),
    ("a space after a size", CHUNKED + b"2 \r\n{}\r\n" + END, 400),
    ("bare LF after a size", CHUNKED + b"2\n{}\r\n" + END, 400),
    ("bare CR after a size", CHUNKED + b"2\r{}\r\n" + END, 400),
    ("bare LF in an extension", CHUNKED + b"2;a\n{}\r\n" + END, 400),
    ("bare CR in an extension", CHUNKED + b"2;a\rb\r\n{}\r\n" + END, 400),
    ("NUL in an extension", CHUNKED + b"2;a\x00\r\n{}\r\n" + END, 400),
    ("a comma for an extension", CHUNKED + b"2,a\r\n{}\r\n" + END, 400),
    ("a huge extension", CHUNKED + b"2;" + b"a" * 100_000 + b"\r\n{}\r\n" + END, 400),
    ("data longer than its chunk", CHUNKED + b"2\r\n{}x\r\n" + END, 400),
    ("data shorter than its chunk", CHUNKED + b"5\r\n{}\r\n0\r\nX", 400),
    ("two bytes for the end of a chunk", CHUNKED + b"2\r\n{}XX" + END, 400),
    ("bare LF after a chunk", CHUNKED + b"2\r\n{}\n" + END, 400),
    ("bare LF after the last chunk", CHUNKED + b"2\r\n{}\r\n0\n\n", 400),
    ("bare LF for the last line", CHUNKED + b"2\r\n{}\r\n0\r\n\n", 400),
    ("bare LF in a trailer", CHUNKED + b"2\r\n{}\r\n0\r\nA: b\n\r\n", 400),
    ("a folded trailer", CHUNKED + b"2\r\n{}\r\n0\r\nA: b\r\n c\r\n\r\n", 400),
    ("NUL in a trailer", CHUNKED + b"2\r\n{}\r\n0\r\nA: \x00\r\n\r\n", 400),
    ("a trailer without a colon", CHUNKED + b"2\r\n{}\r\n0\r\nnonsense\r\n\r\n", 400),
    ("a trailer without a name", CHUNKED + b"2\r\n{}\r\n0\r\n: a\r\n\r\n", 400),
    ("a space in a trailer's name", CHUNKED + b"2\r\n{}\r\n0\r\nA : b\r\n\r\n", 400),
    ("huge trailers", CHUNKED + b"2\r\n{}\r\n0\r\n" + b"A: b\r\n" * 20_000 + b"\r\n", 400),
    ("a body past its limit", INIT + b"Content-Length: 1000000\r\n\r\n" + b"x" * 100_000, 413),
    ("a chunk past the limit", CHUNKED + b"1000000\r\n" + b"x" * 100_000, 413),
    ("a chunked body that no one reads", b"POST /nowhere HTTP/1.1\r\n" + HOST +
     b"Transfer-Encoding: chunked\r\n\r\n" + END, 404),
    ("a large body that no one reads", b"POST /nowhere HTTP/1.1\r\n" + HOST +
     b"Content-Length: 1000000\r\n\r\n" + b"x" * 100_000, 404),
    ("a body that was not asked for", b"POST /nowhere HTTP/1.1\r\n" + HOST +
     b"Content-Length: 10\r\nExpect: 100-continue\r\n\r\n", 404),
]

# What is unusual and right: name, bytes, status. It is answered once, and so is the request after it.
SERVED = [
    ("a plain GET", GET + b"\r\n", 200),
    ("empty lines before a request", b"\r\n\r\n" + GET + b"\r\n", 200),
    ("absolute form", b"GET http://a/livez HTTP/1.1\r\n" + HOST + b"\r\n", 200),
    ("absolute form without a path", b"GET http://a HTTP/1.1\r\n" + HOST + b"\r\n", 404),
    ("absolute form in capitals", b"GET HTTP://A/livez HTTP/1.1\r\n" + HOST + b"\r\n", 200),
    ("a host with a port", b"GET /livez HTTP/1.1\r\nHost: a:8080\r\n\r\n", 200),
    ("a host of IPv6", b"GET /livez HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 200),
    ("an empty host", b"GET /livez HTTP/1.1\r\nHost:\r\n\r\n", 200),
    ("a name in capitals", GET + b"CONNECTION: Keep-Alive\r\n\r\n", 200),
    ("no blank after a colon", GET + b"X:a\r\n\r\n", 200),
    ("blanks around a value", GET + b"X: \t a \t \r\n\r\n", 200),
    ("an empty value", GET + b"X:\r\n\r\n", 200),
    ("UTF-8 in a value", GET + b"X: \xc3\xa4\r\n\r\n", 200),
    ("an unknown upgrade", GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 200),
    ("a GET with a body", GET + b"Content-Length: 5\r\n\r\nhello", 200),
    ("a length with zeros before it", GET + b"Content-Length: 005\r\n\r\nhello", 200),
    ("a length of 0", GET + b"Content-Length: 0\r\n\r\n", 200),
    ("a body that is a request", GET + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN, 200),
    ("a refused body that is a request", POST + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN, 405),
    ("an unknown method", b"BREW /livez HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    ("a chunked body", CHUNKED + b"2\r\n{}\r\n" + END, 400),
    ("chunked in capitals", INIT + b"Transfer-Encoding: CHUNKED\r\n\r\n2\r\n{}\r\n" + END, 400),
    ("chunks of one byte", CHUNKED + b"1\r\n{\r\n1\r\n}\r\n" + END, 400),
    ("a size with zeros before it", CHUNKED + b"0002\r\n{}\r\n0000\r\n\r\n", 400),
    ("an extension", CHUNKED + b'2;a=b;c="d;e"\r\n{}\r\n0;f\r\n\r\n', 400),
    ("trailers", CHUNKED + b"2\r\n{}\r\n0\r\nContent-Length: 1\r\nHost: b\r\n\r\n", 400),
    ("a request in a chunk", CHUNKED + b"%x\r\n" % len(HIDDEN) + HIDDEN + b"\r\n" + END, 400),
]

# Served, and the last of their connection: what comes after them is not looked at.
SERVED_LAST = [
    ("Connection: close", GET + b"Connection: close\r\n\r\n", 200),
    ("close in a list", GET + b"Connection: keep-alive, close\r\n\r\n", 200),
    ("HTTP/1.0", b"GET /livez HTTP/1.0\r\n" + HOST + b"\r\n", 200),
    ("HTTP/1.0 without a host", b"GET /livez HTTP/1.0\r\n\r\n", 200),
    ("HTTP/1.0 with a body", b"GET /livez HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", 200),
    ("HTTP/1.0 that expects", b"GET /livez HTTP/1.0\r\nExpect: 100-continue\r\n\r\n", 200),
]


class Log:
    """The requests that the server says it has served."""

    def __init__(self, server):
        self.server, self.names = server, (f"/after-{number}" for number in itertools.count())

    def new_path(self) -> str:
        return next(self.names)

    def paths(self, since: int) -> list[str]:
        """Everything served since that place in the log, once the server has written all of it."""
        last = self.new_path()
        assert self.server.client.get(last).status == 404
        deadline = time.monotonic() + patience(10)
        while True:
            with open(self.server.log_path, "rb") as log:
                log.seek(since)
                lines = [json.loads(line) for line in log.read().splitlines() if line.startswith(b"{")]
            found = [line["path"] for line in lines if line.get("event") == "request"]
            if last in found:
                return [path for path in found if path != last]
            assert time.monotonic() < deadline, "the request is not in the log"
            time.sleep(0.002)

    def size(self) -> int:
        return self.server.log_path.stat().st_size


@pytest.fixture(scope="module")
def log(shared_server):
    return Log(shared_server)


def probe(log: Log, text: bytes) -> tuple[list[int], bool, list[str]]:
    """Sends it with another request behind it: the statuses of all answers, whether the connection ended, and what the
    log says was served, "after" for the path of the other request."""
    after, begin = log.new_path(), log.size()
    client = log.server.client
    text = text.replace(b"{auth}", f"Authorization: Bearer {client.key}\r\n".encode())
    statuses, closing = [], False
    with client.raw() as connection:
        connection.socket.settimeout(patience(10))
        connection.send(text + f"GET {after} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        while not closing and len(statuses) < 2:
            reply = connection.read_reply()
            statuses.append(reply.status)
            closing = reply.headers.get("Connection") == "close"
            assert reply.status < 400 or reply.error, reply
        ended = closing and connection.at_end()
    return statuses, ended, ["after" if path == after else path for path in log.paths(begin)]


def table(rows):
    assert len({name for name, _, _ in rows}) == len(rows)
    return pytest.mark.parametrize("text, status", [pytest.param(*row[1:], id=row[0]) for row in rows])


@table(REFUSED_HEADS)
def test_a_broken_head_ends_the_connection(log, text, status):
    assert probe(log, text) == ([status], True, [])


@table(REFUSED_BODIES)
def test_a_broken_body_ends_the_connection(log, text, status):
    statuses, ended, served = probe(log, text)
    assert (statuses, ended, len(served)) == ([status], True, 1) and served != ["after"]


@table(SERVED)
def test_what_is_unusual_and_right_is_served_once(log, text, status):
    statuses, ended, served = probe(log, text)
    assert (statuses, ended, len(served), served[-1:]) == ([status, 404], False, 2, ["after"])


@table(SERVED_LAST)
def test_the_last_request_of_a_connection_is_the_last(log, text, status):
    assert probe(log, text) == ([status], True, ["/livez"])


def test_the_tables_are_long():
    assert len(REFUSED_HEADS) + len(REFUSED_BODIES) >= 140


def test_a_smuggled_request_would_be_seen(log):
    """The judge is judged: two requests in one piece are two in the log."""
    begin = log.size()
    with log.server.client.raw() as connection:
        connection.send(b"GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n")
        assert [connection.read_reply().status for _ in range(2)] == [404, 404]
    assert log.paths(begin) == ["/first", "/second"]
