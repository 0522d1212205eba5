"""Two JSON documents compared value by value: what was added, removed and changed, each with its path.

Members are paired by name, elements by what they hold: equal ones first, then those that carry the same `id`, then by
their place.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable

from antiphon.body.alignment import ItemArray, LongAlignment, aligned
from antiphon.body.json_rows import JsonRows, RowKind, key_steps, row_key
from antiphon.body.pieces import Pieces, Sign

DEEPEST = 100
"""Below this many levels a value is compared as a whole."""
_IDENTITIES = (b'"id"', b'"_id"', b'"uuid"', b'"key"', b'"name"')

ReadRow = Callable[[int], bytes]
"""Returns the text of a row, or at least its first 64 KiB."""
Path = tuple["Path | None", int, int]
"""The path of the parent, None for the root; a side and the row there that begins with the name, or -1 and an index."""


class StructureComparison:
    """Compares *left* with *right* into *pieces* by `run`; *is_list*: JSON Lines, a list of documents."""

    def __init__(
        self,
        left: JsonRows,
        right: JsonRows,
        texts: tuple[ReadRow, ReadRow],
        pieces: Pieces,
        *,
        order_matters: bool = False,
        is_list: bool = False,
    ) -> None:
        self.is_exact = True
        self._left = left
        self._right = right
        self._texts = texts
        self._pieces = pieces
        self._order_matters = order_matters
        self._is_list = is_list

    def run(self) -> None:
        """Compare.

        Raises:
            EnoughError: there are more differences than are kept.
        """
        if self._is_list:
            self._elements(self._left.roots, self._right.roots, None, 0)
        else:
            self._value(self._left.roots[0], self._right.roots[0], None, 0)

    def _value(self, i: int, j: int, path: Path | None, depth: int) -> None:
        """Compare the values that begin in rows *i* and *j*."""
        left, right = self._left, self._right
        if self._reads_the_same(i, j):
            self._pieces.equal(i, left.sizes[i], j, right.sizes[j])
            return
        is_same = left.values[i] == right.values[j]
        kind = left.kinds[i]
        if kind != right.kinds[j] or kind == RowKind.SCALAR or depth >= DEEPEST:
            if is_same:
                self._pieces.equal(i, left.sizes[i], j, right.sizes[j])
            else:
                self._different(Sign.CHANGED, i, j, path)
            return
        self._pieces.equal(i, 1, j, 1)
        if kind == RowKind.OBJECT:
            self._members(i, j, path, depth + 1)
        else:
            self._elements(left.children(i), right.children(j), path, depth + 1)
        ends = left.sizes[i] - 1, right.sizes[j] - 1
        self._pieces.equal(i + ends[0], min(1, ends[0]), j + ends[1], min(1, ends[1]))

    def _reads_the_same(self, i: int, j: int) -> bool:
        size = self._left.sizes[i]
        if size != self._right.sizes[j] or self._left.texts[i] != self._right.texts[j]:
            return False
        return size == 1 or self._left.texts[i : i + size] == self._right.texts[j : j + size]

    def _pair(self, i: int, j: int, path: Path | None, depth: int) -> None:
        if not (self._left.ignored[i] or self._right.ignored[j]):
            self._value(i, j, path, depth)
        elif self._reads_the_same(i, j):
            self._pieces.equal(i, self._left.sizes[i], j, self._right.sizes[j])
        else:
            self._different(Sign.IGNORED, i, j, path)

    def _different(self, sign: Sign, i: int, j: int, path: Path | None) -> None:
        self._pieces.different(sign, i, self._left.sizes[i], j, self._right.sizes[j], self._words(path))

    def _removed(self, i: int, at: int, path: Path | None) -> None:
        """Note the value in row *i*, which on the right would stand before row *at*."""
        sign = Sign.IGNORED if self._left.ignored[i] else Sign.REMOVED
        self._pieces.different(sign, i, self._left.sizes[i], at, 0, self._words(path))

    def _added(self, at: int, j: int, path: Path | None) -> None:
        sign = Sign.IGNORED if self._right.ignored[j] else Sign.ADDED
        self._pieces.different(sign, at, 0, j, self._right.sizes[j], self._words(path))

    # Members

    def _members(self, i: int, j: int, path: Path | None, depth: int) -> None:
        lefts, rights = self._left.children(i), self._right.children(j)
        partners = self._by_order(lefts, rights) if self._order_matters else self._by_name(lefts, rights)
        waiting = self._waiting(rights, set(partners.values()))
        at = j + 1
        for added in waiting.pop(-1, ()):
            self._added(i + 1, added, (path, 1, added))
        for row in lefts:
            name = (path, 0, row)
            partner = partners.get(row)
            if partner is None:
                self._removed(row, at, name)
                continue
            self._pair(row, partner, name, depth)
            at = partner + self._right.sizes[partner]
            for added in waiting.pop(partner, ()):
                self._added(row + self._left.sizes[row], added, (path, 1, added))

    def _by_name(self, lefts: list[int], rights: list[int]) -> dict[int, int]:
        """Return the partner of each member, the second of a name with the second."""
        waiting: dict[int, list[int]] = defaultdict(list)
        for row in reversed(rights):
            waiting[self._right.keys[row]].append(row)
        keys = self._left.keys
        return {row: waiting[keys[row]].pop() for row in lefts if waiting.get(keys[row])}

    def _by_order(self, lefts: list[int], rights: list[int]) -> dict[int, int]:
        names = [self._left.keys[row] for row in lefts], [self._right.keys[row] for row in rights]
        found = aligned(*names)
        self.is_exact &= found.is_exact
        return {lefts[a + step]: rights[b + step] for a, b, count in found.runs for step in range(count)}

    def _waiting(self, rights: list[int], taken: set[int]) -> dict[int, list[int]]:
        """Return the members that only the right has, by the one with a partner that they follow there."""
        waiting: dict[int, list[int]] = {}
        before = -1
        for row in rights:
            if row in taken:
                before = row
            else:
                waiting.setdefault(before, []).append(row)
        return waiting

    def _words(self, path: Path | None) -> str:
        """Return *path* as it is written."""
        steps = []
        while path is not None:
            path, side, number = path
            steps.append(
                f"[{number}]" if side < 0 else key_steps(row_key(self._texts[side](number)) or b'""')
            )
        return "$" + "".join(reversed(steps))

    # Elements

    def _elements(self, lefts: list[int], rights: list[int], path: Path | None, depth: int) -> None:
        values = self._left.values, self._right.values
        alignment = LongAlignment(
            ItemArray(array("q", [values[0][row] for row in lefts])),
            ItemArray(array("q", [values[1][row] for row in rights])),
        )
        a = b = 0
        for i, j, count in [*alignment.runs(), (len(lefts), len(rights), 0)]:
            self._gap((lefts, a, i), (rights, b, j), path, depth)
            a, b = i + count, j + count
            for step in range(count):
                self._pair(lefts[i + step], rights[j + step], (path, -1, i + step), depth)
        self.is_exact &= alignment.is_exact

    def _gap(
        self,
        left: tuple[list[int], int, int],
        right: tuple[list[int], int, int],
        path: Path | None,
        depth: int,
    ) -> None:
        """Compare elements of which none is equal to one of the other side: the rows from a place to a place."""
        (lefts, a, end), (rights, b, right_end) = left, right
        for i, j in self._partners(lefts[a:end], rights[b:right_end]):
            self._alone((lefts, a, a + i), (rights, b, b + j), path)
            a, b = a + i, b + j
            if a < end and b < right_end:
                self._pair(lefts[a], rights[b], (path, -1, a), depth)
                a, b = a + 1, b + 1

    def _partners(self, lefts: list[int], rights: list[int]) -> list[tuple[int, int]]:
        """Return how many elements stand alone on either side before each pair, and after the last."""
        identities = self._identities(self._left, lefts), self._identities(self._right, rights)
        runs = aligned(*identities).runs if all(identities) else []
        runs = runs or [(0, 0, min(len(lefts), len(rights)))]
        pairs, a, b = [], 0, 0
        for i, j, count in runs:
            for step in range(count):
                pairs.append((i + step - a, j + step - b))
                a, b = i + step + 1, j + step + 1
        return [*pairs, (len(lefts) - a, len(rights) - b)]

    def _identities(self, rows: JsonRows, elements: list[int]) -> list[int]:
        """Return what tells each element from the others; nothing where one of them does not say."""
        found = []
        for row in elements:
            if rows.kinds[row] != RowKind.OBJECT:
                return []
            named = {}
            for child in rows.children(row)[:16]:
                if rows.kinds[child] == RowKind.SCALAR and not rows.ignored[child]:
                    named[rows.keys[child]] = rows.values[child]
            identity = next((named[key] for key in _identity_keys() if key in named), None)
            if identity is None:
                return []
            found.append(identity)
        return found

    def _alone(
        self, left: tuple[list[int], int, int], right: tuple[list[int], int, int], path: Path | None
    ) -> None:
        (lefts, a, end), (rights, b, right_end) = left, right
        at = self._row_after(self._right, rights, b)
        for place in range(a, end):
            self._removed(lefts[place], at, (path, -1, place))
        at = self._row_after(self._left, lefts, end)
        for place in range(b, right_end):
            self._added(at, rights[place], (path, -1, place))

    def _row_after(self, rows: JsonRows, elements: list[int], place: int) -> int:
        """Return the row where the element at *place* stands, or would stand."""
        if place < len(elements):
            return elements[place]
        return elements[-1] + rows.sizes[elements[-1]] if elements else 0


def _identity_keys() -> list[int]:
    return [hash(key) for key in _IDENTITIES]
