"""The options: what a request is made of is spelled as curl spells it, the rest in words."""

import argparse
from collections.abc import Iterator, Mapping, Sequence

from antiphon.cli.authentication import add_authentication
from antiphon.cli.connecting import add_connecting
from antiphon.core.version import VERSION

_SEND_HELP = """\
Each TARGET is a URL or a saved request of a collection (a .yml file). Redirects are followed unless --no-follow
is given. Several targets are sent one after another and share their cookies.

Exit codes: 0 sent (404 and 500 are answers too), 1 an exchange failed, 2 a mistake in the arguments or files,
130 interrupted.
"""
_RUN_HELP = """\
Sends every request below FOLDER and prints a table.

Exit codes: 0 every request got an answer, 1 at least one failed, 2 a mistake in the arguments or files,
130 interrupted.
"""


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options; `.command` is the function to call with them.

    Raises:
        SystemExit: 0 after help or version, 2 after a mistake; argparse has written what there is to say.
    """
    parser, commands = _parser()
    command = commands.get(arguments[0]) if arguments else None
    if command is None:
        return parser.parse_args(arguments)
    return parser.parse_args([arguments[0], *_ordered(arguments[1:], command)])


def _ordered(arguments: Sequence[str], command: argparse.ArgumentParser) -> list[str]:
    """Return *arguments* as argparse needs them to mean what they mean to curl: options first, targets last.

    A value is joined to its option, so that it may begin with `-`; targets may stand before and between options.
    """
    long = {
        name: action.option_strings[-1]
        for action in command._actions
        if action.nargs is None
        for name in action.option_strings
    }
    options: list[str] = []
    targets: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            targets.extend(rest)
        elif argument in long:
            options.append(_joined(long[argument], next(rest, None)))
        elif argument.startswith("-") and argument != "-":
            options.extend([argument] if argument.startswith("--") else _letters(argument, long, rest))
        else:
            targets.append(argument)
    return [*options, "--", *targets] if targets else options


def _letters(cluster: str, long: Mapping[str, str], rest: Iterator[str]) -> Iterator[str]:
    """Yield the options of *cluster* (`-ikXPOST`) one by one; the first that takes a value takes what is left."""
    for place, letter in enumerate(cluster[1:], 2):
        if f"-{letter}" in long:
            yield _joined(long[f"-{letter}"], cluster[place:] or next(rest, None))
            return
        yield f"-{letter}"


def _joined(name: str, value: str | None) -> str:
    return name if value is None else f"{name}={value}"


def _parser() -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """Return the parser, and those of the commands by name."""
    parser = argparse.ArgumentParser(
        prog="antiphon",
        description="Send HTTP requests and see every byte and millisecond. Without arguments the window opens; "
        "`antiphon FOLDER` opens a collection in it.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"antiphon {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_send(_command(commands, "send", "send URLs or saved requests", _SEND_HELP))
    _add_run(_command(commands, "run", "run a folder of a collection, many requests at once", _RUN_HELP))
    _add_practice(_command(commands, "practice", "start the practice server and keep it running", ""))
    return parser, commands.choices


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, title: str, epilog: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=title,
        description=title[0].upper() + title[1:] + ".",
        epilog=epilog,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_send(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_send, data=[], form=[])
    parser.add_argument("targets", nargs="+", metavar="TARGET", help="a URL, or the path of a saved request")
    _add_variables(parser)
    request = parser.add_argument_group("the request (a saved one is changed for this time only)")
    add = request.add_argument
    add("-X", "--request", metavar="METHOD", help="the method, as typed")
    add("-H", "--header", metavar="LINE", action="append", default=[],
        help="'Name: value'; 'Name:' leaves a default header out, 'Name;' sends it empty; @FILE reads lines")  # fmt: skip
    for names, kind, title in (
        (
            ("-d", "--data", "--data-ascii"),
            "data",
            "a body, sent as a form; @FILE reads it without line ends",
        ),
        (("--data-raw",), "raw", "the same, @ means nothing"),
        (("--data-binary",), "binary", "the same, @FILE is sent byte for byte"),
    ):
        add(*names, dest="data", metavar="DATA", action="append", type=_Kind(kind), help=title)
    add("-F", "--form", metavar="NAME=CONTENT", action="append", dest="form", type=_Kind("form"),
        help="a multipart field; @FILE sends a file, <FILE its text; ;type=TYPE at the end")  # fmt: skip
    add("--form-string", metavar="NAME=TEXT", action="append", dest="form", type=_Kind("string"),
        help="the same, the text as it is")  # fmt: skip
    add("-I", "--head", action="store_true", help="ask for the head only (HEAD), and print it")
    add_authentication(parser)
    _add_transfer(parser)
    _add_output(parser)


def _add_transfer(parser: argparse.ArgumentParser) -> None:
    """Add what may replace a request's own options; left out, those stay."""
    group = parser.add_argument_group("the connection")
    add = group.add_argument
    add("--http", choices=("auto", "1.1", "2", "2-prior-knowledge"), help="the HTTP version")
    add("-k", "--insecure", action="store_true", help="do not verify the server's certificate")
    add("--cacert", metavar="FILE", help="trust the certificates in this PEM file too")
    follow = group.add_mutually_exclusive_group()
    follow.add_argument(
        "-L", "--location", action="store_true", help="follow redirects even if the file says no"
    )
    follow.add_argument("--no-follow", action="store_true", help="do not follow redirects")
    add("--max-redirs", metavar="N", type=_count, help="follow at most N redirects")
    for name, title in (
        ("--connect-timeout", "for DNS, TCP and TLS together"),
        ("--read-timeout", "between two pieces of the answer"),
        ("--write-timeout", "for handing over one piece of the request"),
        ("--pool-timeout", "for a free connection"),
    ):
        add(name, metavar="SECONDS", type=_seconds, help=f"{title}; 0 waits for ever")
    add("-m", "--max-time", metavar="SECONDS", type=_seconds, help="for the whole exchange; 0 waits for ever")
    add_connecting(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what is printed").add_argument
    add("-i", "--include", action="store_true", help="print the response's head too")
    add("-o", "--output", metavar="FILE",
        help="stream the body into FILE, progress on stderr; - is stdout, and prints binary bodies too")  # fmt: skip
    add("-s", "--silent", action="store_true", help="no progress")
    add("--json", action="store_true", help="print one object of facts per request instead of the body")
    add("--dry-run", action="store_true",
        help="print what would be sent, byte for byte, and send nothing; secrets are dots")  # fmt: skip
    add("--show-secrets", action="store_true", help="with --dry-run: print secrets too")


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_run)
    parser.add_argument("folder", metavar="FOLDER", help="a collection, or a folder of one")
    _add_variables(parser)
    add = parser.add_argument
    add(
        "--limit",
        metavar="N",
        type=_count,
        help="at most N requests at once (default: the folder's, else 10)",
    )
    add("--rate", metavar="PER_SECOND", type=_rate, help="start at most so many a second, evenly spaced")
    add("--column", metavar="TITLE=JSONPATH", action="append", default=[], dest="columns",
        help="show a field of the JSON responses, such as name=$.name; given once or more, only these are shown")  # fmt: skip
    add("--csv", metavar="FILE", help="write the table to FILE as CSV too")
    _add_transfer(parser)


def _add_practice(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_practice)
    usual = "default: {}, or any free one where that is taken; 0: any free one"
    parser.add_argument("--port", metavar="PORT", type=_port, help=f"for HTTP ({usual.format(8765)})")
    parser.add_argument("--tls-port", metavar="PORT", type=_port, help=f"for TLS ({usual.format(8766)})")


def _add_variables(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--env", metavar="NAME", help="the collection's environment to take variables from")
    parser.add_argument(
        "--var", metavar="NAME=VALUE", action="append", default=[], help="a variable; wins over all others"
    )


class _Kind:
    """Remembers which option a value came from, for options that share their order."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __call__(self, text: str) -> tuple[str, str]:
        return self._kind, text


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return value


def _rate(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a rate")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return value


def _send(options: argparse.Namespace) -> int:
    from antiphon.cli.send import send

    return send(options)


def _run(options: argparse.Namespace) -> int:
    from antiphon.cli.run import run

    return run(options)


def _practice(options: argparse.Namespace) -> int:
    from antiphon.cli.practice import practice

    return practice(options)
