"""XPath 1.0 over XML, SVG and HTML by lxml: nothing is loaded, no entity of the outside is read.

What a document declares stays text: no DTD, no external entity, no network. Entities that blow up are refused by
libxml2, whose limits are lifted only for documents that declare none.
"""

import math
import re
from typing import Any

from lxml import etree

from antiphon.render.element_path import ElementPaths
from antiphon.render.filter_fault import FilterFaultError
from antiphon.render.xml_namespaces import short_name

_PREFIX = re.compile(r"([A-Za-z_][\w.-]*):(?![:/])")
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_PLACE = re.compile(r", line \d+, column \d+$")


class MarkupReader:
    """Feed it the bytes of a document in UTF-8, whatever it says of itself, then take its root."""

    def __init__(self, *, is_html: bool, declares_entities: bool) -> None:
        self._parser: Any = (
            etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
            if is_html
            else etree.XMLParser(
                encoding="utf-8",
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                dtd_validation=False,
                attribute_defaults=False,
                huge_tree=not declares_entities,
            )
        )

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            FilterFaultError: This is no such document; the sentence says where.
        """
        try:
            self._parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            raise _unreadable(error) from error

    def root(self) -> Any:
        """Return the root element of the document, which is whole now.

        Raises:
            FilterFaultError: It is not.
        """
        try:
            root = self._parser.close()
        except etree.XMLSyntaxError as error:
            raise _unreadable(error) from error
        if root is None:
            raise FilterFaultError("there is no element in this body")
        return root


def check_xpath(expression: str) -> None:
    """Raise FilterFaultError where *expression* is not XPath 1.0, with the place."""
    _compiled(expression, {})


class XPathQuery:
    """A compiled expression for the document of *root*, with the prefixes in *names*.

    Raises:
        FilterFaultError: *expression* is not XPath 1.0, with the place.
    """

    def __init__(self, expression: str, root: Any, names: dict[str, str]) -> None:
        self._root = root
        self._expression = expression
        self._names = names
        self._run = _compiled(expression, self._names)

    def results(self) -> list[Any]:
        """Return what is found: elements and other nodes in their order, or one string, number or boolean.

        Raises:
            FilterFaultError: The expression names what is not known, or mixes kinds.
        """
        if self._expression.strip() == "/":
            return [self._root]  # lxml gives nothing for the document itself
        try:
            found = self._run(self._root.getroottree())
        except etree.XPathError as error:
            raise _told(error, self._expression, self._names) from error
        return found if isinstance(found, list) else [found]


def path_of(value: Any, paths: ElementPaths) -> str:
    """Return an XPath that leads to *value*; empty where it stands nowhere."""
    if isinstance(value, etree._Element):
        return paths.of(value)
    parent = value.getparent() if hasattr(value, "getparent") else None
    if parent is None:
        return ""
    if value.is_attribute:
        return f"{paths.of(parent)}/{paths.attribute(value.attrname)}"
    if not value.is_tail:
        return paths.text(parent)
    owner = parent.getparent()
    return "" if owner is None else paths.text(owner, parent)


def value_text(value: Any, *, is_html: bool = False) -> str:
    """Return *value* as text: an element as markup, a number as XPath writes it, `true` or `false`."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return _number(value)
        case str():
            return str(value)
        case tuple():
            prefix, name = value
            return f"xmlns:{prefix}={name}" if prefix else f"xmlns={name}"
        case _:
            method = "html" if is_html else "xml"
            return str(etree.tostring(value, encoding="unicode", with_tail=False, method=method))


def cells_of(value: Any, *, is_html: bool = False) -> dict[str, str]:
    """Return the columns of *value*: attributes, the text of each child (`tag`, `tag[2]`) and its attributes, else its own text."""
    if not _is_element(value):
        return {"value": value_text(value, is_html=is_html)}
    cells = {f"@{short_name(name, value)}": said for name, said in value.items()}
    children, is_said = _read(value)
    for name, child, attributes in children:
        if not attributes or _has_cell(child):
            cells[name] = _whole_text(child)
        for attribute, said in attributes:
            cells[f"{name}/@{short_name(attribute, child)}"] = said
    if is_said:
        cells["text()"] = _whole_text(value)
    return cells


def columns_of(value: Any) -> list[str]:
    """Return the names of `cells_of` without their texts."""
    if not _is_element(value):
        return ["value"]
    names = [f"@{short_name(name, value)}" for name in value.attrib]
    children, is_said = _read(value)
    for name, child, attributes in children:
        names += [name] if not attributes or _has_cell(child) else []
        names += [f"{name}/@{short_name(attribute, child)}" for attribute, _said in attributes]
    return [*names, "text()"] if is_said else names


def _is_element(value: Any) -> bool:
    return isinstance(value, etree._Element) and isinstance(value.tag, str)


def _has_cell(child: Any) -> bool:
    """Whether *child* is more than its attributes."""
    return bool(child.text) or len(child) > 0


def _read(element: Any) -> tuple[list[tuple[str, Any, list[tuple[str, str]]]], bool]:
    """Return the child elements, each by a name of its own and with its attributes, and whether there is text beside them.

    Of more children with one name those from the second on have their number. An empty element has text, an empty one.
    """
    children = []
    counts: dict[str, int] = {}
    is_said = _is_said(element.text)
    for child in element:
        tag = child.tag
        is_said = is_said or _is_said(child.tail)
        if type(tag) is not str:
            continue  # a comment
        name = short_name(tag, child) if tag[0] == "{" else tag
        count = counts[name] = counts.get(name, 0) + 1
        children.append((f"{name}[{count}]" if count > 1 else name, child, child.items()))
    return children, is_said or len(element) == 0


def _is_said(text: str | None) -> bool:
    return text is not None and bool(text.strip())


def _whole_text(element: Any) -> str:
    if len(element) == 0:
        return str(element.text or "")
    return "".join(str(piece) for piece in element.itertext(tag=etree.Element))


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() else repr(value)


def _unreadable(error: Any) -> FilterFaultError:
    message = _PLACE.sub("", str(error.msg or "it cannot be read"))
    line, column = error.position or (0, 0)
    if "amplification" in message or "entity reference loop" in message.lower():
        return FilterFaultError("its entities blow up beyond all measure, so it is not read")
    if "Excessive depth" in message:
        return FilterFaultError("the body is nested too deeply to be filtered")
    message = message.removesuffix(", use XML_PARSE_HUGE option")
    where = f" at line {line:,}, column {column:,}" if line else ""
    return FilterFaultError(f"the body is not well-formed{where}: {message}")


def _compiled(expression: str, names: dict[str, str]) -> Any:
    try:
        return etree.XPath(expression, namespaces=names, regexp=False)
    except etree.XPathSyntaxError as error:
        raise _told(error, expression, names) from error
    except ValueError as error:  # what no XML can hold: NUL, half a surrogate pair
        raise FilterFaultError("an XPath holds no control characters") from error


def _told(error: Any, expression: str, names: dict[str, str]) -> FilterFaultError:
    entries = list(error.error_log)
    place = min(entries[-1].column, len(expression)) if entries else -1
    match str(error):
        case "Invalid expression":
            return FilterFaultError("this is not XPath 1.0, such as //item/name or //@href", place)
        case "Undefined namespace prefix":
            known = ", ".join(sorted(names)) or "none"
            sentence = f"this prefix is not known; the body declares: {known}"
            return FilterFaultError(sentence, _unknown_prefix(expression, names))
        case "Unregistered function" | "Undefined variable" as message:
            return FilterFaultError(f"{message.lower()}: XPath 1.0 does not know it")
        case message if "recursion limit" in message.lower():
            return FilterFaultError("the expression is nested too deeply")
        case message:
            return FilterFaultError(message[:1].lower() + message[1:])


def _unknown_prefix(expression: str, names: dict[str, str]) -> int:
    """Return where the first prefix stands that *names* lacks, -1 if there is none."""
    bare = _TEXT.sub(lambda found: " " * len(found[0]), expression)
    return next((found.start() for found in _PREFIX.finditer(bare) if found[1] not in names), -1)
