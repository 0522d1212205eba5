"""A few people and their repositories, in the shape of GitHub's API, for the exercise with five users."""

from dataclasses import dataclass, replace
from typing import Any

from antiphon.practice.answer import Answer, error_answer, json_answer, whole_number
from antiphon.practice.request import Request


@dataclass(frozen=True, slots=True)
class User:
    login: str
    name: str
    public_repos: int
    delay_s: float
    """How long the answer takes, as if the server were far away: so that asking for five at once pays."""


USERS = {
    user.login: user
    for user in (
        User("ada", "Ada Lovelace", 12, 0.3),
        User("grace", "Grace Hopper", 47, 0.5),
        User("alan", "Alan Turing", 23, 0.2),
        User("barbara", "Barbara Liskov", 31, 0.6),
        User("edsger", "Edsger Dijkstra", 64, 0.4),
        User("sleepy", "Sleepy Server", 1, 5.0),
    )
}
"""Five who answer soon, and one who takes five seconds."""


def user(request: Request, login: str) -> Answer:
    found = USERS.get(login)
    if found is None:
        return _unknown(login)
    value = {
        "login": found.login,
        "name": found.name,
        "public_repos": found.public_repos,
        "html_url": f"{request.origin}/users/{found.login}",
    }
    return replace(json_answer(value), delay_s=found.delay_s)


def repositories(request: Request, login: str) -> Answer:
    """Answer with one page of a user's repositories; Link names the other pages (RFC 8288)."""
    found = USERS.get(login)
    if found is None:
        return _unknown(login)
    per_page = whole_number(request.argument("per_page", "30"), "per_page", 1, 100)
    last = max(1, -(-found.public_repos // per_page))
    page = whole_number(request.argument("page", "1"), "page", 1, 10**6)
    numbers = range((page - 1) * per_page + 1, min(page * per_page, found.public_repos) + 1)
    rows = [_repository(request, found, index) for index in numbers]
    links = _links(f"{request.origin}/users/{login}/repos?per_page={per_page}", page, last)
    return json_answer(rows, headers=(("link", links),) if links else ())


def _unknown(login: str) -> Answer:
    return error_answer(
        404, f"There is no user {login} here; try {', '.join(USERS)}.".encode("ascii", "replace").decode()
    )


def _repository(request: Request, owner: User, index: int) -> dict[str, Any]:
    name = f"{owner.login}-{index:02}"
    return {
        "id": index,
        "name": name,
        "full_name": f"{owner.login}/{name}",
        "html_url": f"{request.origin}/users/{owner.login}/repos/{name}",
        "stargazers_count": index * index % 97,
    }


def _links(base: str, page: int, last: int) -> str:
    pages = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    if page <= 1:
        del pages["first"], pages["prev"]
    if page >= last:
        del pages["next"], pages["last"]
    return ", ".join(f'<{base}&page={target}>; rel="{relation}"' for relation, target in pages.items())
