"""The HTML form of docs/protocol.md, filled in and sent by a real browser from a page of another origin."""

import html
import os
import re

import pytest

from harness.browser import Browser, page_server
from harness.daemon import REPOSITORY
from harness.forms import claim
from harness.uploads import KIB, MIB

PAGE = re.search(r"^```html\n(.*?)^```$", (REPOSITORY / "docs/protocol.md").read_text(), re.DOTALL | re.MULTILINE)[1]

# %22, %0D and %0A are left out: browsers send them as they send a quote and line ends.
NAMES = ["plain.txt", 'say "hi".txt', "'single'", "Übergröße – naïve.txt", "日本語.pdf", "😀👩‍👩‍👧.png", "100%.txt", "a%2Fb%00.txt",
         "back\\slash.txt", "semi;colon=1, b", " spaces around ", "tail.", "<b>&amp;.html", "-rf", "$(id)`id`", "\u202egpj.exe",
         "Cafe\u0301", "x" * 255, "ü" * 127]


@pytest.fixture
def browser(tmp_path):
    with Browser(tmp_path / "browser") as started:
        yield started


def page_for(url: str) -> str:
    assert PAGE.count('action="URL"') == 1
    return PAGE.replace('action="URL"', f'action="{html.escape(url)}"')


def grant(server, **members) -> dict:
    reply = server.client.post("/upload/form-url", members)
    assert reply.status == 200, reply
    return reply.json()


def send(browser, url: str, uploads=(), cover=(), page: str = "", **fields: str):
    """What the browser shows after the button was pressed."""
    with page_server(page or page_for(url)) as address:
        browser.open(address)
        for name, value in fields.items():
            browser.type(f"[name={name}]", value)
        for name, paths in (("upload", uploads), ("cover", cover)):
            if paths:
                browser.choose(f"[name={name}]", paths)
        browser.click("button")
        return browser.answer_of(url)


def written(directory, contents: dict[str, bytes]) -> list:
    directory.mkdir()
    for name, data in contents.items():
        (directory / name).write_bytes(data)
    return [directory / name for name in contents]


def test_files_of_any_name_arrive_byte_for_byte(server, browser, tmp_path, rng):
    contents = {name: rng.randbytes(rng.randrange(64 * KIB)) for name in NAMES}
    contents |= {"empty": b"", "large.bin": os.urandom(5 * MIB + 1), "like a form.txt": b"\r\n------WebKitFormBoundary--\r\n"}
    url = grant(server)
    shown = send(browser, url["url"], written(tmp_path / "chosen", contents), title="Übung 1 & 2 😀", notes="first\nsecond")
    assert shown["files"][0]["temp_file_id"] == url["temp_file_id"]
    assert [item["file_name"] for item in shown["files"]] == list(contents)
    assert len(shown["files"]) == len(server.client.get("/files").json()["files"]) == len(contents)
    for item, (name, data) in zip(shown["files"], contents.items()):
        got = server.client.get(item["url"])
        assert (got.status, got.body) == (200, data), name
        assert item["metadata"] == {"title": "Übung 1 & 2 😀", "notes": "first\r\nsecond"}


def test_one_file_beside_an_input_without_a_choice_can_be_claimed(server, browser, tmp_path):
    data = os.urandom(MIB)
    url = grant(server, max_size=MIB)
    shown = send(browser, url["url"], cover=written(tmp_path / "chosen", {"Büro.png": data}))
    assert (shown["temp_file_id"], shown["file_name"]) == (url["temp_file_id"], "Büro.png")
    assert (shown["content_type"], shown["metadata"]) == ("image/png", {"title": "", "notes": ""})
    kept = claim(server.client, shown["temp_file_id"], metadata={"album": "2026"})
    assert kept.status == 200 and "expires_at" not in kept.json(), kept
    got = server.client.get(kept.json()["url"])
    assert (got.body, "Slipway-Expires-At" in got.headers) == (data, False)
    assert "filename*=UTF-8''B%C3%BCro.png" in got.headers["Content-Disposition"]
    again = send(browser, url["url"], cover=[tmp_path / "chosen/Büro.png"])
    assert again["error"] == "url_used"


def test_what_the_browser_shows_of_a_refusal(server, browser, tmp_path):
    """And that nothing of it stays, so that the same form may be sent again."""
    paths = written(tmp_path / "chosen", {"line\nend": b"1", "large": bytes(2 * KIB), "small": b"2"})
    url = grant(server, max_size=KIB)["url"]
    assert send(browser, url)["error"] == "invalid_form"
    assert send(browser, url, [paths[0]])["error"] == "invalid_form"
    assert send(browser, url, [paths[1]])["error"] == "body_too_large"
    latin = page_for(url).replace("utf-8", "iso-8859-1")
    assert send(browser, url, [paths[2]], page=latin)["error"] == "invalid_form"
    assert server.client.get("/files").json()["files"] == []
    assert send(browser, url, [paths[2]])["file_name"] == "small"
