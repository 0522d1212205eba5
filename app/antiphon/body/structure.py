"""Two JSON documents compared value by value: what was added, removed and changed, each with its path.

Members are paired by name, elements by what they hold: equal ones first, then those that carry the same `id`, then by
their place.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence

from antiphon.body.alignment import ItemArray, LongAlignment, aligned
from antiphon.body.json_rows import JsonRows, ReadRows, RowKind, key_steps, row_key
from antiphon.body.pieces import Pieces, Sign

DEEPEST = 100
"""Below this many levels a value is compared as a whole."""
MOST_SET_ROWS = 100_000
"""Of elements that are the same but written in other ways: so many rows are set beside each other one by one."""
_IDENTITIES = ("id", "_id", "uuid", "key", "name")

Entries = Sequence[int]
Path = tuple["Path | None", int, int]
"""The path of the parent, None for the root; a side and the row there that begins with the name, or -1 and an index."""


class StructureComparison:
    """Compares *left* with *right* into *pieces* by `run`; *is_list*: JSON Lines, a list of documents.

    Attributes:
        is_exact: False: some elements were compared as blocks.
        rows_left: Below zero where elements of one value were no longer set side by side row for row.

    Args:
        tell: Hears of each side (0, 1) how many rows of it were looked into that had been folded.
    """

    def __init__(
        self,
        left: JsonRows,
        right: JsonRows,
        texts: tuple[ReadRows, ReadRows],
        pieces: Pieces,
        *,
        order_matters: bool = False,
        is_list: bool = False,
        tell: Callable[[int, int], None] = lambda _side, _rows: None,
    ) -> None:
        self.is_exact = True
        self.rows_left = MOST_SET_ROWS
        self._left = left
        self._right = right
        self._texts = texts
        self._pieces = pieces
        self._order_matters = order_matters
        self._is_list = is_list
        self._tell = tell

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
        """Compare the values *i* and *j*."""
        left, right = self._left, self._right
        if self._reads_the_same(i, j):
            self._equal(i, j)
            return
        kind = left.kinds[i]
        if kind != right.kinds[j]:
            self._different(Sign.CHANGED, i, j, path)
            return
        if kind == RowKind.SCALAR or depth >= DEEPEST:
            if left.value(i) == right.value(j):
                self._equal(i, j)
            else:
                self._different(Sign.CHANGED, i, j, path)
            return
        if left.is_folded(i) or right.is_folded(j):
            self._look_inside(i, j, path, depth)
            return
        first, last = (left.rows[i], right.rows[j]), (left.end(i) - 1, right.end(j) - 1)
        self._pieces.equal(first[0], 1, first[1], 1)
        if kind == RowKind.OBJECT:
            self._members(i, j, path, depth + 1)
        else:
            self._elements(left.children(i), right.children(j), path, depth + 1)
        self._pieces.equal(last[0], int(last[0] > first[0]), last[1], int(last[1] > first[1]))

    def _look_inside(self, i: int, j: int, path: Path | None, depth: int) -> None:
        """Compare values of which one is folded, or both."""
        inner = StructureComparison(
            self._left, self._right, self._texts, self._pieces, order_matters=self._order_matters
        )
        if self._left.is_folded(i):
            self._tell(0, self._left.sizes[i])
            inner._left, i = self._left.unfolded(i), 0
        if self._right.is_folded(j):
            self._tell(1, self._right.sizes[j])
            inner._right, j = self._right.unfolded(j), 0
        inner._value(i, j, path, depth)
        self.is_exact &= inner.is_exact

    def _reads_the_same(self, i: int, j: int) -> bool:
        left, right = self._left, self._right
        if left.texts[i] != right.texts[j]:
            return False
        return self._are_written_the_same((i, i + left.spans[i]), (j, j + right.spans[j]))

    def _are_written_the_same(self, lefts: tuple[int, int], rights: tuple[int, int]) -> bool:
        """Tell whether entries from one to another are of the same text."""
        ours, theirs = slice(*lefts), slice(*rights)
        left, right = self._left, self._right
        return left.texts[ours] == right.texts[theirs] and left.sizes[ours] == right.sizes[theirs]

    def _pair(self, i: int, j: int, path: Path | None, depth: int) -> None:
        if not (self._left.ignored[i] or self._right.ignored[j]):
            self._value(i, j, path, depth)
        elif self._reads_the_same(i, j):
            self._equal(i, j)
        else:
            self._different(Sign.IGNORED, i, j, path)

    def _equal(self, i: int, j: int) -> None:
        left, right = self._left, self._right
        self._pieces.equal(left.rows[i], left.sizes[i], right.rows[j], right.sizes[j])

    def _different(self, sign: Sign, i: int, j: int, path: Path | None) -> None:
        left, right = self._left, self._right
        self._pieces.different(
            sign, left.rows[i], left.sizes[i], right.rows[j], right.sizes[j], self._words(path)
        )

    def _removed(self, i: int, at: int, path: Path | None) -> None:
        """Note the value *i*, which on the right would stand before row *at*."""
        left = self._left
        sign = Sign.IGNORED if left.ignored[i] else Sign.REMOVED
        self._pieces.different(sign, left.rows[i], left.sizes[i], at, 0, self._words(path))

    def _added(self, at: int, j: int, path: Path | None) -> None:
        right = self._right
        sign = Sign.IGNORED if right.ignored[j] else Sign.ADDED
        self._pieces.different(sign, at, 0, right.rows[j], right.sizes[j], self._words(path))

    # Members

    def _members(self, i: int, j: int, path: Path | None, depth: int) -> None:
        lefts, rights = self._left.children(i), self._right.children(j)
        partners = self._by_order(lefts, rights) if self._order_matters else self._by_name(lefts, rights)
        waiting = self._waiting(rights, set(partners.values()))
        at = self._right.rows[j] + 1
        for added in waiting.pop(-1, ()):
            self._added(self._left.rows[i] + 1, added, self._right_name(path, added))
        for member in lefts:
            name = (path, 0, self._left.rows[member])
            partner = partners.get(member)
            if partner is None:
                self._removed(member, at, name)
                continue
            self._pair(member, partner, name, depth)
            at = self._right.end(partner)
            for added in waiting.pop(partner, ()):
                self._added(self._left.end(member), added, self._right_name(path, added))

    def _right_name(self, path: Path | None, member: int) -> Path:
        return path, 1, self._right.rows[member]

    def _by_name(self, lefts: Entries, rights: Entries) -> dict[int, int]:
        """Return the partner of each member, the second of a name with the second."""
        waiting: dict[int, list[int]] = defaultdict(list)
        for row in reversed(rights):
            waiting[self._right.keys[row]].append(row)
        keys = self._left.keys
        return {row: waiting[keys[row]].pop() for row in lefts if waiting.get(keys[row])}

    def _by_order(self, lefts: Entries, rights: Entries) -> dict[int, int]:
        names = [self._left.keys[row] for row in lefts], [self._right.keys[row] for row in rights]
        found = aligned(*names)
        self.is_exact &= found.is_exact
        return {lefts[a + step]: rights[b + step] for a, b, count in found.runs for step in range(count)}

    def _waiting(self, rights: Entries, taken: set[int]) -> dict[int, list[int]]:
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
                f"[{number}]" if side < 0 else key_steps(row_key(self._texts[side](number, 1)) or b'""')
            )
        return "$" + "".join(reversed(steps))

    # Elements

    def _elements(self, lefts: Entries, rights: Entries, path: Path | None, depth: int) -> None:
        ours, theirs = self._element_values(lefts, rights)
        alignment = LongAlignment(ItemArray(ours), ItemArray(theirs))
        a = b = 0
        for i, j, count in [*alignment.runs(), (len(lefts), len(rights), 0)]:
            self._gap((lefts, a, i), (rights, b, j), path, depth)
            a, b = i + count, j + count
            self._run((lefts, i), (rights, j), count, path, depth)
        self.is_exact &= alignment.is_exact

    def _run(
        self, left: tuple[Entries, int], right: tuple[Entries, int], count: int, path: Path | None, depth: int
    ) -> None:
        """Compare *count* elements that are the same ones: all at once where they are written the same, too."""
        if not count:
            return
        (lefts, a), (rights, b) = left, right
        i, j, last = lefts[a], rights[b], (lefts[a + count - 1], rights[b + count - 1])
        ends = last[0] + self._left.spans[last[0]], last[1] + self._right.spans[last[1]]
        if self._are_written_the_same((i, ends[0]), (j, ends[1])):
            rows = self._left.end(last[0]) - self._left.rows[i]
            self._pieces.equal(self._left.rows[i], rows, self._right.rows[j], rows)
        elif count == 1:
            self._same(i, j, (path, -1, a), depth)
        else:
            half = count // 2
            self._run(left, right, half, path, depth)
            self._run((lefts, a + half), (rights, b + half), count - half, path, depth)

    def _same(self, i: int, j: int, path: Path | None, depth: int) -> None:
        """Set elements of one value side by side row for row, as long as that does not become too much."""
        if not (self._left.is_folded(i) and self._right.is_folded(j)):
            self._pair(i, j, path, depth)
        elif self.rows_left > 0:
            self.rows_left -= self._left.sizes[i]
            self._pair(i, j, path, depth)
        else:
            self._equal(i, j)

    def _element_values(self, lefts: Entries, rights: Entries) -> "list[array[int]]":
        """Return a hash of each element, the same for those that are the same.

        What is written the same on both sides is not looked into.
        """
        sides = (self._left, lefts), (self._right, rights)
        found = [array("q", [rows.values[element] for element in elements]) for rows, elements in sides]
        common = set(found[0]).intersection(found[1])
        for side, (rows, elements) in enumerate(sides):
            values = found[side]
            for place, element in enumerate(elements):
                if rows.spans[element] != rows.sizes[element] and values[place] not in common:
                    self._tell(side, rows.sizes[element])
                    values[place] = rows.value(element)
        return found

    def _gap(
        self,
        left: tuple[Entries, int, int],
        right: tuple[Entries, int, int],
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

    def _partners(self, lefts: Entries, rights: Entries) -> list[tuple[int, int]]:
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

    def _identities(self, rows: JsonRows, elements: Entries) -> list[int]:
        """Return what tells each element from the others; nothing where one of them does not say."""
        found = []
        for row in elements:
            if rows.kinds[row] != RowKind.OBJECT:
                return []
            named = rows.scalar_members(row)
            identity = next((named[key] for key in _identity_keys() if key in named), None)
            if identity is None:
                return []
            found.append(identity)
        return found

    def _alone(
        self, left: tuple[Entries, int, int], right: tuple[Entries, int, int], path: Path | None
    ) -> None:
        (lefts, a, end), (rights, b, right_end) = left, right
        at = self._row_after(self._right, rights, b)
        for place in range(a, end):
            self._removed(lefts[place], at, (path, -1, place))
        at = self._row_after(self._left, lefts, end)
        for place in range(b, right_end):
            self._added(at, rights[place], (path, -1, place))

    def _row_after(self, rows: JsonRows, elements: Entries, place: int) -> int:
        """Return the row where the element at *place* stands, or would stand."""
        if place < len(elements):
            return rows.rows[elements[place]]
        return rows.end(elements[-1]) if elements else 0


def _identity_keys() -> list[int]:
    return [hash(key) for key in _IDENTITIES]
