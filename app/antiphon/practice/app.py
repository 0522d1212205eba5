"""The practice server's routes, and the ASGI application that serves them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from antiphon.practice import digest, echo, oauth2, signatures, streams, users, words
from antiphon.practice.answer import Answer, BadRequestError, deliver, error_answer, json_answer
from antiphon.practice.request import Receive, Request, Scope, Send, read_request

READ = ("GET",)
ANY = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    template: str
    """A path whose `{name}` segments are handed to *handler* by name."""
    methods: tuple[str, ...]
    handler: Callable[..., Answer] = field(repr=False)
    summary: str = ""
    example: str = ""
    """A path with a query that shows it at work; empty where the template is one."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(
            re.sub(
                r"\{(\w+)\}",
                r"(?P<\1>[^/]+)",
                re.escape(self.template).replace(r"\{", "{").replace(r"\}", "}"),
            )
        )

    def values(self, path: str) -> Mapping[str, str] | None:
        """Return the decoded values of the `{name}` segments, or None where *path* is not this route's."""
        match = self.pattern.fullmatch(path)
        return None if match is None else {name: unquote(value) for name, value in match.groupdict().items()}

    def allows(self, method: str) -> bool:
        return method in self.methods or (method == "HEAD" and "GET" in self.methods)


def index(_request: Request) -> Answer:
    rows = [
        {
            "path": route.template,
            "methods": list(route.methods),
            "summary": route.summary,
            "try": route.example or route.template,
        }
        for route in ROUTES
    ]
    return json_answer(
        {"server": "Antiphon's practice server: it runs on this computer only.", "routes": rows}
    )


ROUTES = (
    Route("/", READ, index, "This list."),
    Route("/get", READ, echo.echo, "Shows the request it got."),
    Route("/post", ("POST",), echo.echo, "Shows the request it got, its body read as text, form, files or JSON."),
    Route("/put", ("PUT",), echo.echo, "As /post."),
    Route("/patch", ("PATCH",), echo.echo, "As /post."),
    Route("/delete", ("DELETE",), echo.echo, "As /post."),
    Route("/anything", ANY, echo.echo, "As /post, for every method."),
    Route("/anything/{name}", ANY, echo.echo_named, "As /anything, for trying path variables.", "/anything/42"),
    Route("/headers", READ, echo.headers, "The request's headers, with the names as they were written."),
    Route("/upload", ("POST", "PUT"), echo.upload, "Counts the bytes of a body of any size and gives their SHA-256."),
    Route("/status/{codes}", ANY, words.status, "Answers with this status; with several, one by chance.", "/status/404"),
    Route("/delay/{seconds}", ANY, words.delay, "Waits 0 to 60 seconds, then answers as /anything.", "/delay/2"),
    Route("/timeout", READ, words.timeout, "Never answers."),
    Route("/malformed", READ, words.malformed, "Cuts the body off half-way."),
    Route("/redirect/{count}", READ, words.redirect, "Redirects so many times, then shows /get.", "/redirect/3"),
    Route("/redirect-to", ANY, words.redirect_to, "Redirects to ?url= with ?status_code= (302).", "/redirect-to?url=/get&status_code=307"),
    Route("/cookies", READ, words.cookies, "The cookies that came with the request."),
    Route("/cookies/set", READ, words.cookies_set, "Sets each ?name=value as a cookie, then shows /cookies.", "/cookies/set?flavour=oat"),
    Route("/cookies/delete", READ, words.cookies_delete, "Deletes the cookies named, or all, then shows /cookies.", "/cookies/delete?flavour="),
    Route("/basic-auth/{user}/{password}", READ, words.basic_auth, "Wants this user name and password.", "/basic-auth/ada/engine"),
    Route("/digest-auth/{qop}/{user}/{password}", ANY, digest.digest_auth, "Wants them as a digest (MD5); the first is auth, auth-int, both or none.", "/digest-auth/auth/ada/engine"),
    Route("/digest-auth/{qop}/{user}/{password}/{algorithm}", ANY, digest.digest_auth, "As above with MD5, SHA-256 or SHA-512-256, each with -sess or not.", "/digest-auth/both/ada/engine/SHA-256"),
    Route("/oauth1", ANY, signatures.oauth1, "Wants an OAuth 1 signature: consumer practice, practice-secret; token token, token-secret, or none."),
    Route("/aws", ANY, signatures.aws, "Wants an AWS signature (version 4): AKIDPRACTICE, practice-secret."),
    Route("/aws/{name}", ANY, signatures.aws_named, "As /aws, for trying paths.", "/aws/a%20b"),
    Route("/oauth2/authorize", READ, oauth2.authorize, "OAuth 2: asks a person with one button. Client practice, with or without practice-secret."),
    Route("/oauth2/token", ("POST",), oauth2.token, "OAuth 2: gives tokens, good for a minute, for each grant; the password is ada's, engine."),
    Route("/oauth2/device", ("POST",), oauth2.device, "OAuth 2: gives a code to type in at /oauth2/activate."),
    Route("/oauth2/activate", READ, oauth2.activate, "OAuth 2: where a person types that code in.", "/oauth2/activate?user_code=BCDF-GHJK"),
    Route("/oauth2/me", READ, oauth2.me, "OAuth 2: wants a token of /oauth2/token."),
    Route("/bearer", READ, words.bearer, "Wants a bearer token, any."),
    Route("/api-key", READ, words.api_key, "Wants a key, any, as X-API-Key or ?api_key=.", "/api-key?api_key=practice"),
    Route("/etag", READ, words.etag, "Has an ETag; answers 304 to If-None-Match."),
    Route("/gzip", READ, words.gzip, "Compressed by gzip; ?lines= makes it larger.", "/gzip?lines=1000"),
    Route("/deflate", READ, words.deflate, "Compressed by deflate.", "/deflate?lines=1000"),
    Route("/brotli", READ, words.brotli, "Compressed by Brotli.", "/brotli?lines=1000"),
    Route("/zstd", READ, words.zstd, "Compressed by Zstandard.", "/zstd?lines=1000"),
    Route("/stream/{count}", READ, streams.stream, "JSON lines, ?interval= (0.2) seconds apart.", "/stream/20"),
    Route("/sse/{count}", READ, streams.events, "Server-sent events, ?interval= (0.2) seconds apart.", "/sse/20"),
    Route("/tokens", ("GET", "POST"), streams.tokens, "A text word by word, ?interval= (0.05) seconds apart, as OpenAI's chat completions come."),
    Route("/slow", READ, streams.slow, "?size_kb= (500) at ?rate_kb= (100) a second.", "/slow?size_kb=500&rate_kb=100"),
    Route("/bytes/{count}", READ, streams.seeded_bytes, "So many bytes, up to 8 GiB; ?seed= decides them.", "/bytes/1000000"),
    Route("/lines/{count}", READ, streams.lines, "So many numbered lines of 80 bytes.", "/lines/1000"),
    Route("/big-json", READ, streams.big_json, "A JSON array of ?size_mb= (10) megabytes.", "/big-json?size_mb=5"),
    Route("/numbers", READ, words.numbers, "JSON whose numbers a careless program changes."),
    Route("/html", READ, words.html, "A small page."),
    Route("/xml", READ, words.xml, "A small XML document."),
    Route("/image.png", READ, words.image, "A small picture."),
    Route("/utf8", READ, words.utf8, "Text in many scripts."),
    Route("/uuid", READ, words.uuid, "A new UUID each time."),
    Route("/users/{login}", READ, users.user, "A person, as GitHub's API gives one: " + ", ".join(users.USERS) + " (slow).", "/users/ada"),
    Route("/users/{login}/repos", READ, users.repositories, "A page of repositories: ?per_page= (30), ?page= (1), and a Link header.", "/users/grace/repos?per_page=10"),
)  # fmt: skip


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application (ASGI 3.0)."""
    match scope["type"]:
        case "http":
            request = await read_request(scope, receive)
            if request is not None:
                await deliver(answer_to(request), request, receive, send)
        case "lifespan":
            for stage in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{stage}.complete"})
        case _:
            await receive()
            await send({"type": "websocket.close"})


def answer_to(request: Request) -> Answer:
    """Return the answer of the route that *request* names; a mistake in it is answered with a sentence."""
    found = [(route, values) for route in ROUTES if (values := route.values(request.path)) is not None]
    if not found:
        return error_answer(404, "There is no such route. GET / lists all of them.")
    allowed = ", ".join(dict.fromkeys(method for route, _values in found for method in route.methods))
    if request.method == "OPTIONS":
        return Answer(204, (("allow", allowed),))
    for route, values in found:
        if route.allows(request.method):
            try:
                return route.handler(request, **values)
            except BadRequestError as error:
                return error_answer(400, str(error))
    return error_answer(405, f"This route allows {allowed}.", (("allow", allowed),))
