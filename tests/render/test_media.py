import pytest

from antiphon.render.media import media_of


@pytest.mark.parametrize(
    ("content_type", "first", "language"),
    [
        ("application/json", b"{}", "json"),
        ("application/problem+json; charset=utf-8", b"", "json"),
        ("application/x-ndjson", b"{}\n{}", "jsonlines"),
        ("application/stream+json", b"{}\n{}", "jsonlines"),
        ("image/svg+xml", b"<svg/>", "svg"),
        ("image/png", b"", "image"),
        ("image/png", b"\x89PNG\r\n\x1a\n\x00", "image"),
        ("", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image"),
        ("application/octet-stream", b"RIFF\x00\x01\x00\x00WEBPVP8 ", "image"),
        ("audio/wav", b"RIFF\x00\x01\x00\x00WAVEfmt ", "binary"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\x00\x01", "multipart"),
        ("application/x-www-form-urlencoded", b"a=1", "form"),
        ("text/event-stream", b"data: 1\n\n", "sse"),
        ("text/csv; header=present", b"a,b", "csv"),
        ("text/html", b"hello", "html"),
        ("application/json", b"\x00\x01\x02", "binary"),
        ("", b' \n{"a": 1}', "json"),
        ("text/plain", b"[1, 2]", "json"),
        ("text/plain", b"[INFO] started", "text"),
        ("text/plain", b"{not json}", "text"),
        ("text/plain", b"[2026-11-25 10:00:00] started\n[2026-11-25 10:00:01] ready\n", "text"),
        ("application/json", b"[2026-11-25 10:00:00] started", "json"),
        ("text/plain", b'{"level": "info"}\n{"level": "warn"}\n', "jsonlines"),
        ("application/octet-stream", b"plain words", "text"),
        ("application/octet-stream", bytes(range(256)), "binary"),
        ("", b"<!DOCTYPE html><p>", "html"),
        ("", b"\xef\xbb\xbf<?xml version='1.0'?>", "xml"),
        ("", b"<note><to/></note>", "xml"),
        ("", b"< 5 and > 3", "text"),
        ("", b"", "text"),
        ("application/yaml", b"a: b", "yaml"),
        ("text/css; charset=x", b"a {}", "css"),
        ("application/javascript", b"var a", "javascript"),
        ("text/plain", b"\x1b[31mred\x1b[0m", "text"),
        ("", '{"a": 1}'.encode("utf-16"), "json"),
    ],
)
def test_language(content_type, first, language):
    assert media_of(content_type, first).language == language


@pytest.mark.parametrize(
    ("content_type", "first", "charset"),
    [
        ("text/plain", b"x", "utf-8"),
        ("text/plain; charset=ISO-8859-1", b"x", "cp1252"),
        ('text/plain; format=flowed; charset="windows-1252"', b"x", "cp1252"),
        ("text/plain; charset=martian", b"x", "utf-8"),
        ("text/plain; charset=hex", b"x", "utf-8"),
        ("text/plain; charset=latin-1", b"\xff\xfea\x00", "utf-16"),
        ("text/plain; charset=latin-1", b"\xef\xbb\xbfa", "utf-8"),
    ],
)
def test_charset(content_type, first, charset):
    assert media_of(content_type, first).charset == charset
