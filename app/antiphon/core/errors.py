"""The one exception that a user can mend; everything else is either data (`Failure`) or a fault of ours."""


class UserError(Exception):
    """Something the user can put right: a title in one line, and a detail with the place and the remedy."""

    def __init__(self, title: str, detail: str = "") -> None:
        super().__init__(f"{title} {detail}".strip())
        self.title = title
        self.detail = detail
