"""How long a collection of 10,000 requests takes to open, how much of it is the disk, and what one save costs.

python tests/benchmarks/bench_collections.py [requests]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from antiphon.core.document import Header, Param, RequestDocument, TextBody
from antiphon.store import emit
from antiphon.store.collections import load_request, open_collection, save_request
from antiphon.store.scan import parsed_head
from antiphon.store.writing import new_request

PER_FOLDER = 100


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = make(root, count)
        size = sum(file.stat().st_size for file in files) / count
        print(f"{count} requests of {size:.0f} bytes, a hundred to a folder; best of 3")
        show("open the collection", lambda: open_collection(root))
        show("  of which: read every file", lambda: [file.read_bytes() for file in files])
        show(
            "parse 1,000 of them in full instead",
            lambda: [parsed_head(file.read_text()) for file in files[:1000]],
        )
        path = files[0].relative_to(root).as_posix()
        document = load_request(root, path)
        show("load one request", lambda: load_request(root, path))
        show("save it unedited", lambda: save_request(root, path, document))
        turns = iter(range(1000))
        show(
            "save one edit, flushed to the disk",
            lambda: save_request(root, path, replace(document, url=f"x{next(turns)}")),
        )
        (root / "big.yml").write_text(
            emit.whole_file(
                new_request(RequestDocument(body=TextBody("json", "{\n" + '  "a": 1,\n' * 1_000_000 + "}")))
            )
        )
        big = load_request(root, "big.yml")
        show("load a request with a body of 10 MB", lambda: load_request(root, "big.yml"))
        show(
            "save one edit in it", lambda: save_request(root, "big.yml", replace(big, url=f"x{next(turns)}"))
        )


def make(root: Path, count: int) -> list[Path]:
    """Write *count* requests of three shapes; return their files."""
    (root / "opencollection.yml").write_text('opencollection: "1.0.0"\n\ninfo:\n  name: Many\n')
    files = []
    for number in range(count):
        folder = root / f"folder-{number // PER_FOLDER}"
        folder.mkdir(exist_ok=True)
        files.append(folder / f"request-{number}.yml")
        files[-1].write_text(emit.whole_file(new_request(document(number))))
    return files


def document(number: int) -> RequestDocument:
    headers = tuple(Header(f"X-Header-{index}", f"value {number}") for index in range(1 + number % 3))
    body = TextBody("json", f'{{\n  "sku": "{number}",\n  "quantity": 12,\n  "comment": "as agreed"\n}}')
    return RequestDocument(
        f"Request number {number}", "POST", f"{{{{baseUrl}}}}/orders/{number}?dry=1", (Param("dry", "1"),), headers, body, seq=float(number)
    )  # fmt: skip


def show(what: str, act: Callable[[], object]) -> None:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    print(f"{what:40} {min(times) * 1000:9.1f} ms")


if __name__ == "__main__":
    main()
