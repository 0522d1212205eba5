"""The cookies of a jar that go along with a request."""

import time
from dataclasses import replace

from antiphon.core.cookies import CookieJar
from antiphon.core.prepared import PreparedHeader, PreparedRequest
from antiphon.core.redirect import JAR_ORIGIN


def with_cookies(prepared: PreparedRequest, jar: CookieJar) -> PreparedRequest:
    """Return *prepared* with what *jar* has for it, unless it brings a Cookie header of its own."""
    if not prepared.options.use_cookies or prepared.header("cookie") is not None:
        return prepared
    value = jar.header_for(prepared.url, time.time())
    if value is None:
        return prepared
    return replace(prepared, headers=(*prepared.headers, PreparedHeader("Cookie", value, JAR_ORIGIN)))
