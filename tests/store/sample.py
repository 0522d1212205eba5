"""The sample collection of the format's description, as files."""

from pathlib import Path

ROOT = """\
opencollection: "1.0.0"
info: {name: Orders API, version: "1.2.0"}
request:
  headers: [{name: Accept, value: application/json}]
  auth: {type: bearer, token: "{{token}}"}
"""
FOLDER = "info: {name: Orders, type: folder, seq: 1}\n"
REQUEST = """\
info: {name: Create order, type: http, seq: 2, tags: [smoke]}
http:
  method: POST
  url: "{{baseUrl}}/orders/:shop"
  params:
    - {name: shop, value: "42", type: path}
    - {name: dryRun, value: "true", type: query, disabled: true}
  headers: [{name: Content-Type, value: application/json}]
  body: {type: json, data: "{\\"sku\\": \\"{{sku}}\\", \\"qty\\": 12345678901234567890}"}
  auth: inherit
runtime:
  variables: [{name: sku, value: ABC-1}]
  actions:
    - {type: set-variable, phase: after-response, selector: {expression: res.body.id, method: jsonq}, variable: {name: orderId, scope: runtime}}
  assertions: [{expression: res.status, operator: eq, value: "201"}]
settings: {encodeUrl: true, timeout: 30000, followRedirects: true, maxRedirects: 5}
docs: Creates an order.
"""
LOCAL = """\
name: Local
extends: Base
variables:
  - {name: baseUrl, value: "http://localhost:8080"}
  - {secret: true, name: token}
"""
BASE = """\
name: Base
variables:
  - {name: baseUrl, value: "http://base"}
  - {name: zone, value: no}
  - {name: old, value: x, disabled: true}
"""


def write_sample(root: Path) -> Path:
    """Write the sample below *root*, which is returned."""
    for path, text in {
        "opencollection.yml": ROOT,
        "orders/folder.yml": FOLDER,
        "orders/create-order.yml": REQUEST,
        "environments/Local.yml": LOCAL,
        "environments/Base.yml": BASE,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Return every file below *root* by its path."""
    return {
        file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()
    }
