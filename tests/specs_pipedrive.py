"""Every operation of the practice Pipedrive against the vendor's OpenAPI files: that it exists
there and costs the same, what it accepts of us, and what it answers.

Any value of an answer may be null, as in real accounts, and members may be left out; a request
that was accepted must have no unknown member and no wrong type.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import yaml

from connectors.practice.pipedrive.vendor import PipedriveCompany
from connectors.practice.world import World
from tests.practice import Practice, start

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
# The value of a deal is a number everywhere but in the file's schema of a search.
LOOSE = re.compile(r"/search\.data\.items\[\]\.item\.value$")
BASES = {"v1": "/api/v1", "v2": "/api/v2"}


def shape(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{\w+\}", "{}", path)


class Spec:
    """One OpenAPI file and the check of values against its schemas."""

    def __init__(self, path: Path) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._document = yaml.load(path.read_text(), Loader=loader)
        self._paths = {shape(path): found for path, found in self._document["paths"].items()}

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """What the file says of an operation."""
        return self._paths.get(shape(path), {}).get(method.lower())

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema behind references and compositions by `allOf`."""
        while "$ref" in schema:
            found: Any = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        if "allOf" not in schema:
            return schema
        merged: dict[str, Any] = {k: v for k, v in schema.items() if k != "allOf"}
        properties = dict(merged.get("properties", {}))
        for part in map(self.resolve, schema["allOf"]):
            properties |= part.get("properties", {})
            required = [*merged.get("required", ()), *part.get("required", ())]
            merged = part | merged | {"required": required}
        return merged | {"properties": properties} if properties else merged

    def body(self, operation: dict[str, Any]) -> dict[str, Any]:
        """The schema of a request."""
        content = self.resolve(operation.get("requestBody", {})).get("content", {})
        return next((kind["schema"] for kind in content.values()), {})

    def answer(self, operation: dict[str, Any], status: int) -> dict[str, Any] | None:
        """The schema of an answer, or None where the file does not describe that status."""
        found = operation["responses"].get(str(status)) or operation["responses"].get(status)
        if found is None:
            return None
        content = self.resolve(found).get("content", {})
        return next((kind.get("schema", {}) for kind in content.values()), {})

    def violations(
        self, value: Any, schema: dict[str, Any], place: str, strict: bool
    ) -> Iterator[str]:
        """Everything about the value that the schema forbids; `strict` for requests."""
        schema = self.resolve(schema)
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices:
            found = (list(self.violations(value, each, place, strict)) for each in choices)
            yield from min(found, key=len)
            return
        if value is None:
            return
        kind = schema.get("type")
        if kind and type(value) not in TYPES[kind] and not LOOSE.search(place):
            yield f"{place}: {type(value).__name__} is not {kind}"
            return
        if schema.get("enum") and value not in schema["enum"]:
            yield f"{place}: {value!r} is not in the file"
        if isinstance(value, list):
            for each in value:
                yield from self.violations(each, schema.get("items", {}), f"{place}[]", strict)
        if isinstance(value, dict):
            yield from self._members(value, schema, place, strict)

    def _members(
        self, value: dict[str, Any], schema: dict[str, Any], place: str, strict: bool
    ) -> Iterator[str]:
        known = schema.get("properties", {})
        for name in set(schema.get("required", ())) - value.keys():
            yield f"{place}.{name}: missing"
        for name, each in value.items():
            if name in known:
                yield from self.violations(each, known[name], f"{place}.{name}", strict)
            elif strict and known and not schema.get("additionalProperties"):
                yield f"{place}.{name}: unknown"


class Checker:
    """Calls the practice vendor and collects what is wrong by the files."""

    def __init__(self, folder: Path, practice: Practice) -> None:
        self.specs = {v: Spec(folder / f"openapi-{v}.yaml") for v in BASES}
        self.found: Counter[str] = Counter()
        self.answers, self._called = 0, set[str]()
        self._http = httpx.Client(base_url=practice["pipedrive"]["url"], timeout=60)
        self._http.headers["x-api-token"] = practice["pipedrive"]["token"]

    def operations(self) -> None:
        """Each operation is in the file and costs what the file says."""
        with TemporaryDirectory() as folder:
            served = PipedriveCompany(World(1, 1, 1, Path(folder))).operations()
        self._served = {f"{o.version} {o.method} {shape(o.path)}" for o in served}
        for each in served:
            place = f"{each.version} {each.method} {each.path}"
            operation = self.specs[each.version].operation(each.method, each.path)
            if operation is None:
                self.found[f"{place}: not in the file"] += 1
            elif operation.get("x-token-cost") != each.cost:
                self.found[f"{place}: costs {operation.get('x-token-cost')}"] += 1

    def missed(self) -> None:
        """Every operation was called with success at least once."""
        self.found.update(f"{place}: never called" for place in self._served - self._called)

    def report(self) -> int:
        """Print what was found; the exit code."""
        for violation, times in self.found.most_common():
            print(f"{times:6} × {violation}")
        print(f"Pipedrive: {self.found.total()} violations in {self.answers} answers", end="")
        print(f" to {len(self._served)} operations")
        return 1 if self.found else 0

    def call(self, version: str, method: str, path: str, *ids: Any, **more: Any) -> Any:
        """One call, with the check of what it sent and of its answer; `ids` fill the path.
        `status` is the expected one where it is a refusal."""
        expected, spec = more.pop("status", None), self.specs[version]
        where = path
        for id in ids:
            where = re.sub(r"\{\w+\}", str(id), where, count=1)
        answer = self._http.request(method, BASES[version] + where, **more)
        place = f"{version} {method} {shape(path)}"
        self.answers += 1
        if answer.is_success == bool(expected) or expected not in (None, answer.status_code):
            self.found[f"{place}: {answer.status_code} {answer.text[:300]}"] += 1
            return {}
        operation = spec.operation(method, path) or {"responses": {}}
        schema = spec.answer(operation, answer.status_code)
        if answer.is_success:
            self._called.add(place)
            if "json" in more:
                body = spec.body(operation)
                self.found.update(spec.violations(more["json"], body, f"{place} sent", True))
            if schema is None:
                self.found[f"{place}: {answer.status_code} is not in the file"] += 1
        if "json" not in answer.headers["content-type"]:
            return answer.content
        value = answer.json()
        self.found.update(spec.violations(value, schema or {}, place, False))
        return value.get("data")


def upload(checker: Checker, **links: Any) -> Any:
    """A file on a record."""
    parts = {"file": ("note.txt", io.BytesIO(b"hello"), "text/plain")}
    return checker.call("v1", "POST", "/files", files=parts, data=links)


def main(folder: Path) -> int:
    """Call everything; the exit code."""
    from tests import specs_pipedrive_calls as calls

    practice = start()
    try:
        practice.limits("pipedrive", burst=0, search_burst=0, search_delay=0, seats=50)
        checker = Checker(folder, practice)
        checker.operations()
        for part in (calls.records, calls.around, calls.old):
            part(checker)
        checker.missed()
    finally:
        practice.stop()
    return checker.report()
