"""What is spoken, where a redirect leads, what the URL becomes, and what is done with the answer."""

from PySide6.QtWidgets import QCheckBox

from antiphon.core.document import RequestOptions
from antiphon.core.quantities import size_of, whole_size_text
from antiphon.ui.request.options.section import Section
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.choice import Choice
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.form import side_by_side

VERSIONS = (
    ("auto", "Automatic"),
    ("1.1", "HTTP/1.1"),
    ("2", "HTTP/2"),
    ("2-prior-knowledge", "HTTP/2 without TLS (prior knowledge)"),
)
CHARSETS = (("utf-8", "UTF-8"), ("latin-1", "Latin-1"))


class HttpSection(Section):
    def __init__(self, theme: Theme) -> None:
        usual = "what the server offers; headers in UTF-8; cookies on"
        super().__init__(theme, "HTTP", usual, ("http_version", "header_charset", "use_cookies"))
        self.version = Choice(theme, VERSIONS, name="HTTP version", parent=self)
        self.charset = Choice(theme, CHARSETS, name="Charset of header values", parent=self)
        self.charset.setToolTip("How header values beyond ASCII go out")
        self.cookies = QCheckBox("Send and keep cookies", self)
        self.form.add("Version", self.version, is_wide=False)
        self.form.add("Header values in", self.charset, is_wide=False)
        self.form.add("Cookies", self.cookies, is_wide=False)
        self.setFocusProxy(self.version)
        self.version.chosen.connect(lambda key: self.change(http_version=key))
        self.charset.chosen.connect(lambda key: self.change(header_charset=key))
        self.cookies.clicked.connect(lambda checked: self.change(use_cookies=checked))

    def show_fields(self, options: RequestOptions) -> None:
        self.version.show_choice(options.http_version)
        self.charset.show_choice(options.header_charset)
        self.cookies.setChecked(options.use_cookies)


class RedirectsSection(Section):
    def __init__(self, theme: Theme) -> None:
        usual = "followed, at most 10; POST becomes GET after 301, 302, 303"
        super().__init__(theme, "Redirects", usual, ("follow_redirects", "max_redirects", "keep_method"))
        self.follow = QCheckBox("Follow, at most", self)
        self.most = Field(theme, "Most redirects", mono=True, parent=self)
        self.keep = QCheckBox("Keep method and body after 301, 302 and 303, too", self)
        self.form.add(
            "Redirects", side_by_side((self.follow, self.most), self), is_wide=False, buddy=self.follow
        )
        self.form.add("Method", self.keep, is_wide=False)
        self.setFocusProxy(self.follow)
        self.follow.clicked.connect(lambda checked: self.change(follow_redirects=checked))
        self.most.textEdited.connect(self._take_most)
        self.keep.clicked.connect(lambda checked: self.change(keep_method=checked))
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_fields(self, options: RequestOptions) -> None:
        self.follow.setChecked(options.follow_redirects)
        self.keep.setChecked(options.keep_method)
        self.most.setEnabled(options.follow_redirects)
        self.keep.setEnabled(options.follow_redirects)
        if self.most.text() != str(options.max_redirects) and not self.most.hasFocus():
            self.most.set_invalid("")
            self.most.show_text(str(options.max_redirects))

    def _take_most(self, text: str) -> None:
        if not text.isdecimal() or len(text) > 4:
            self.most.set_invalid("Give a whole number, such as 10.")
            return
        self.most.set_invalid("")
        self.change(max_redirects=int(text))

    def _restyle(self) -> None:
        self.most.setFixedWidth(self.theme.px(56))


class UrlSection(Section):
    def __init__(self, theme: Theme) -> None:
        usual = "encoded where it must be; the URL's path and query asked for"
        super().__init__(theme, "URL", usual, ("encode_url", "request_target"))
        self.encode = QCheckBox("Percent-encode what may not stand in it", self)
        self.target = Field(
            theme,
            "Request target",
            placeholder="the URL's path and query",
            mono=True,
            variables=True,
            parent=self,
        )
        self.target.setToolTip("What stands in the request line instead, such as * or a whole URL")
        self.form.add("Encoding", self.encode, is_wide=False)
        self.form.add("Request target", self.target)
        self.setFocusProxy(self.encode)
        self.encode.clicked.connect(lambda checked: self.change(encode_url=checked))
        self.target.textEdited.connect(lambda text: self.change(request_target=text))

    def show_fields(self, options: RequestOptions) -> None:
        self.encode.setChecked(options.encode_url)
        self.target.show_text(options.request_target)


class ResponseSection(Section):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Response", "asks beyond 1 GiB", ("decoded_limit_bytes",))
        self.asks = QCheckBox("Ask before a body unpacks beyond", self)
        self.limit = Field(theme, "Decoding limit", placeholder="1 GiB", mono=True, parent=self)
        self.limit.setToolTip("A size such as 500 MB or 1 GiB; only a body that grows a hundredfold waits")
        self.form.add("Decoding", side_by_side((self.asks, self.limit), self), is_wide=False, buddy=self.asks)
        self.setFocusProxy(self.asks)
        self.asks.clicked.connect(self._switch)
        self.limit.textEdited.connect(self._take)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_fields(self, options: RequestOptions) -> None:
        limit = options.decoded_limit_bytes
        self.asks.setChecked(limit is not None)
        self.limit.setEnabled(limit is not None)
        if limit is not None and not _says(self.limit.text(), limit) and not self.limit.hasFocus():
            self.limit.set_invalid("")
            self.limit.show_text(whole_size_text(limit))

    def _switch(self, checked: bool) -> None:
        typed = self.limit.text()
        usual = RequestOptions().decoded_limit_bytes
        self.change(decoded_limit_bytes=(_size_or(typed, usual) if checked else None))

    def _take(self, text: str) -> None:
        try:
            limit = size_of(text)
        except ValueError:
            self.limit.set_invalid("Give a size, such as 500 MB or 1 GiB.")
            return
        self.limit.set_invalid("")
        self.change(decoded_limit_bytes=limit)

    def _restyle(self) -> None:
        self.limit.setFixedWidth(self.theme.px(110))


def _size_or(text: str, usual: int | None) -> int | None:
    try:
        return size_of(text)
    except ValueError:
        return usual


def _says(text: str, size_bytes: int) -> bool:
    return _size_or(text, None) == size_bytes
