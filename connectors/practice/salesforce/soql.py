"""Reading SOQL: a query text goes in, a small tree comes out; names are not looked up here."""

import re
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

from connectors.practice.salesforce.errors import CallError

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<instant>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))"
    r"|(?P<day>\d{4}-\d\d-\d\d)"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][\w.]*)"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),]))"
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
AGGREGATES = frozenset({"count", "count_distinct", "sum", "avg", "min", "max"})
RESERVED = frozenset({"from", "where", "group", "having", "order", "limit", "offset", "all"})
SIGNS = frozenset({"=", "!=", "<>", "<", ">", "<=", ">="})


@dataclass(frozen=True, slots=True)
class Item:
    """One column: a path, or an aggregate of one (`path` "" is `COUNT()`)."""

    path: str
    aggregate: str = ""
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant as it was written: text, instant, day, number, word (true, false, null)."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison. `value` is a Literal, a list of them, or a Query for a semi-join."""

    item: Item
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Group:
    """AND, OR or NOT over its parts."""

    operator: str
    parts: tuple[Any, ...]


@dataclass(slots=True)
class Query:
    """A whole query. `order`: (item, descending, nulls last)."""

    object: str
    items: list[Item]
    alias: str = ""
    where: Any = None
    group: list[str] = data(default_factory=list)
    having: Any = None
    order: list[tuple[Item, bool, bool]] = data(default_factory=list)
    limit: int | None = None
    offset: int = 0


def malformed(message: str) -> CallError:
    """400 for a text that is no SOQL."""
    return CallError(400, "MALFORMED_QUERY", message)


def unescape(raw: str) -> str:
    """The text inside the quotes. `\\%` and `\\_` keep their backslash, for LIKE."""

    def one(match: re.Match[str]) -> str:
        char = match[1]
        return match[0] if char in "%_" else ESCAPES.get(char.lower(), char)

    return re.sub(r"\\(.)", one, raw[1:-1], flags=re.DOTALL)


def tokens(text: str) -> list[tuple[str, str]]:
    """Kind and text of each token. Raises CallError."""
    found, place, text = [], 0, text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise malformed(f"unexpected token: '{text[place:].strip()[:20]}'")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        place = match.end()
    return found


class Parser:
    """Recursive descent over the tokens of one query."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._place = 0

    def parse(self) -> Query:
        """The whole text as a query."""
        query = self._query()
        if self._place < len(self._tokens):
            raise malformed(f"unexpected token: '{self._peek()[1]}'")
        return query

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self._place + ahead
        return self._tokens[place] if place < len(self._tokens) else ("end", "<EOF>")

    def _take(self, *words: str) -> bool:
        if self._peek()[0] != "text" and self._peek()[1].lower() in words:
            self._place += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise malformed(f"expecting '{word}', found '{self._peek()[1]}'")

    def _name(self) -> str:
        kind, text = self._peek()
        if kind != "name":
            raise malformed(f"unexpected token: '{text}'")
        self._place += 1
        return text

    def _query(self) -> Query:
        self._expect("select")
        items = [self._item()]
        while self._take(","):
            items.append(self._item())
        self._expect("from")
        query = Query(self._name(), items)
        self._take("as")
        if self._peek()[0] == "name" and self._peek()[1].lower() not in RESERVED:
            query.alias = self._name()
        if self._take("where"):
            query.where = self._either()
        self._tail(query)
        return query

    def _tail(self, query: Query) -> None:
        if self._take("group"):
            self._expect("by")
            query.group.append(self._name())
            while self._take(","):
                query.group.append(self._name())
        if self._take("having"):
            query.having = self._either()
        if self._take("order"):
            self._expect("by")
            query.order.append(self._ordering())
            while self._take(","):
                query.order.append(self._ordering())
        if self._take("limit"):
            query.limit = self._count()
        if self._take("offset"):
            query.offset = self._count()

    def _count(self) -> int:
        kind, text = self._peek()
        if kind != "number" or not text.isdigit():
            raise malformed(f"unexpected token: '{text}'")
        self._place += 1
        return int(text)

    def _ordering(self) -> tuple[Item, bool, bool]:
        item = self._item(alias=False)
        down = self._take("desc") or (self._take("asc") and False)
        last = False
        if self._take("nulls"):
            last = self._take("last")
            if not last:
                self._expect("first")
        return item, down, last

    def _item(self, alias: bool = True) -> Item:
        name = self._name()
        if self._peek()[1] == "(" and (name.lower() in AGGREGATES or name.lower() == "fields"):
            self._expect("(")
            path = "" if self._peek()[1] == ")" else self._name()
            self._expect(")")
            return Item(path, name.lower(), self._alias() if alias else "")
        return Item(name, "", self._alias() if alias else "")

    def _alias(self) -> str:
        kind, text = self._peek()
        return self._name() if kind == "name" and text.lower() not in RESERVED else ""

    def _either(self) -> Any:
        return self._joined("or", self._both)

    def _both(self) -> Any:
        return self._joined("and", self._condition)

    def _joined(self, word: str, part: Any) -> Any:
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Group(word, tuple(parts))

    def _condition(self) -> Any:
        if self._take("not"):
            return Group("not", (self._condition(),))
        if self._take("("):
            inner = self._either()
            self._expect(")")
            return inner
        return self._test()

    def _test(self) -> Test:
        item = self._item(alias=False)
        sign = self._peek()[1].lower()
        self._place += 1
        if sign == "not":
            self._expect("in")
            return Test(item, "not in", self._list())
        if sign == "in":
            return Test(item, "in", self._list())
        if sign == "like" or sign in SIGNS:
            return Test(item, "!=" if sign == "<>" else sign, self._literal())
        raise malformed(f"unexpected token: '{sign}'")

    def _list(self) -> Any:
        self._expect("(")
        if self._peek()[1].lower() == "select" and self._peek()[0] == "name":
            inner = self._query()
            self._expect(")")
            return inner
        found = [self._literal()]
        while self._take(","):
            found.append(self._literal())
        self._expect(")")
        return found

    def _literal(self) -> Literal:
        kind, text = self._peek()
        self._place += 1
        if kind == "text":
            return Literal(kind, unescape(text))
        if kind in ("instant", "day", "number"):
            return Literal(kind, text)
        if kind == "name" and text.lower() in ("true", "false", "null"):
            return Literal("word", text.lower())
        raise malformed(f"unexpected token: '{text}'")


def parse(text: str) -> Query:
    """The tree of a query. Raises CallError MALFORMED_QUERY."""
    return Parser(text).parse()
