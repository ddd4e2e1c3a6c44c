"""`python tests/specs_check.py SPECS_DIR`: every answer of the practice ServiceTitan against
the vendor's OpenAPI files, and the practice Pipedrive (`specs_pipedrive.py`). Prints the
violations and their count; exit 1 if there are any.

The nulls that real tenants send although the specification forbids them are allowed by name.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests import specs_pipedrive
from tests.practice import start

# Place in the record → where nulls are usual: see "Nulls" in connectors/practice/README.md.
NULLS = re.compile(
    r"\.(address\.(street|city|state|zip|country)|customFields\[\]\.value|customerPo|externalData"
    r"|phoneSettings|excuseMemo|tag)$|customers(/\{id\})? 200 (\.data\[\])?\.type$"
)
FILES = {
    "crm": "crm-v2",
    "jpm": "jpm-v2",
    "dispatch": "dispatch-v2",
    "settings": "settings-v2",
    "accounting": "accounting-v2",
    "payroll": "payroll-v2",
    "telecom": "telecom",
    "marketing": "marketing-v2",
    "forms": "forms-v2",
    "reporting": "reporting-v2",
}
ROUTES = {
    "crm": "export/customers export/customers/contacts export/locations customers locations"
    " customers/contacts customers/custom-fields customers/{id} locations/{id}"
    " export/locations/contacts locations/contacts customers/{id}/notes locations/{id}/notes"
    " contacts contacts/{contactId}/relationships",
    "jpm": "export/jobs export/appointments jobs appointments job-types jobs/custom-fields"
    " jobs/{id} appointments/{id} job-types/{id} export/job-notes export/job-history"
    " export/job-canceled-logs job-cancel-reasons job-hold-reasons",
    "dispatch": "export/appointment-assignments appointment-assignments zones teams"
    " technician-skills arrival-windows business-hours technician-shifts",
    "settings": "export/technicians export/business-units export/tag-types technicians"
    " business-units tag-types export/employees employees",
    "accounting": "export/invoices invoices export/payments payments",
    "payroll": "export/jobs/timesheets export/jobs/splits jobs/timesheets jobs/splits",
    "telecom": "export/calls",
    "marketing": "campaigns",
    "forms": "submissions",
    "reporting": "report-categories report-category/{report_category}/reports/{reportId}",
}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


class Spec:
    """One OpenAPI file and the check of values against its schemas."""

    def __init__(self, path: Path) -> None:
        self._document = json.loads(path.read_text())

    def schema(self, path: str, status: int) -> dict[str, Any] | None:
        """The schema of an answer, or None where the file describes none."""
        paths = self._document["paths"]
        # One file tells its versions in the paths, the others in their address.
        found = paths.get(f"/tenant/{{tenant}}/{path}") or paths[f"/v2/tenant/{{tenant}}/{path}"]
        responses = found["get"]["responses"]
        content = responses.get(str(status), {}).get("content", {})
        return next((kind["schema"] for kind in content.values()), None)

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema itself behind references and one-element compositions."""
        while True:
            parts = schema.get("oneOf") or schema.get("allOf") or schema.get("anyOf") or ()
            if "$ref" in schema:
                name = schema["$ref"].rpartition("/")[2]
                schema = self._document["components"]["schemas"][name]
            elif len(parts) == 1:
                rest = {k: v for k, v in schema.items() if k not in ("oneOf", "allOf", "anyOf")}
                schema = {**self.resolve(parts[0]), **rest}
            else:
                return schema

    def violations(self, value: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
        """Everything about the value that the schema forbids."""
        schema = self.resolve(schema)
        if "anyOf" in schema:  # the alternative that it comes closest to
            found = (list(self.violations(value, each, place)) for each in schema["anyOf"])
            yield from min(found, key=len)
            return
        if value is None:
            if not schema.get("nullable") and not NULLS.search(place):
                yield f"{place}: null"
            return
        kind = schema.get("type")
        wrong = kind and (
            not isinstance(value, TYPES[kind]) or (kind != "boolean" and isinstance(value, bool))
        )
        if wrong:
            yield f"{place}: {type(value).__name__} is not {kind}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{place}: {value!r} is not among {schema['enum']}"
        if schema.get("format") == "date-time":
            try:
                datetime.fromisoformat(value)
            except ValueError:
                yield f"{place}: {value!r} is no date-time"
        if kind == "array":
            for each in value:
                yield from self.violations(each, schema.get("items", {}), f"{place}[]")
        if kind == "object":
            yield from self._members(value, schema, place)

    def _members(self, value: dict[str, Any], schema: dict[str, Any], place: str) -> Iterator[str]:
        known = schema.get("properties", {})
        # A field left out is no violation of the file, but the practice vendor sends them all.
        for name in known.keys() - value.keys():
            yield f"{place}.{name}: missing"
        for name, each in value.items():
            if name in known:
                yield from self.violations(each, known[name], f"{place}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{place}.{name}: unknown"


class Checker:
    """Calls the practice vendor and collects what its answers do wrong."""

    def __init__(self, folder: Path, urls: dict[str, Any]) -> None:
        self._urls = urls["servicetitan"]
        self.found: Counter[str] = Counter()
        self.answers = self.records = 0
        self._spec = cache(lambda module: Spec(folder / f"{FILES[module]}.json"))
        self._http = httpx.Client(base_url=self._urls["api_url"], timeout=60)
        form = {"grant_type": "client_credentials"}
        form |= {name: self._urls[name] for name in ("client_id", "client_secret")}
        token = httpx.post(f"{self._urls['auth_url']}/connect/token", data=form).json()
        self._http.headers["Authorization"] = token["access_token"]
        self._http.headers["ST-App-Key"] = self._urls["app_key"]

    def call(self, module: str, path: str, template: str, **query: Any) -> Any:
        """One call and the check of its answer."""
        url = f"/{module}/v2/tenant/{self._urls['tenant']}/{path}"
        answer = self._http.get(url, params=query)
        body = answer.json()
        spec = self._spec(module)
        schema = spec.schema(template, answer.status_code)
        if schema is None:
            self.found[f"{module} {template}: status {answer.status_code} is not described"] += 1
        else:
            place = f"{module} {template} {answer.status_code} "
            self.found.update(spec.violations(body, schema, place))
        self.answers += 1
        self.records += len(body.get("data", ()))
        return body

    def route(self, module: str, template: str) -> None:
        """Everything a route gives, to its last page, and its refusals."""
        if template.endswith("business-hours"):
            self.call(module, template, template)
        elif template.endswith("{reportId}"):
            self.reports(module, template)
        elif template.endswith(("/notes", "/relationships")):
            parents = self.call(module, template.partition("/")[0], template.partition("/")[0])
            for record in parents["data"]:
                path = template.format(id=record["id"], contactId=record["id"])
                self.call(module, path, template)
            self.call(module, template.format(id=1, contactId=1), template)
        elif template.endswith("{id}"):
            listed = self.call(module, template[:-5], template[:-5], pageSize=5)
            for record in listed["data"]:
                self.call(module, f"{template[:-4]}{record['id']}", template)
            self.call(module, f"{template[:-4]}1", template)
        elif template.startswith("export/"):
            page = self.call(module, template, template)
            while page["hasMore"]:
                page = self.call(module, template, template, **{"from": page["continueFrom"]})
            self.call(module, template, template, **{"from": "gibberish"})
        else:
            wide = {"modifiedOnOrAfter": "2000-01-01T00:00:00Z", "includeTotal": "true"}
            most = 500 if template == "submissions" else 5000
            all_ = {"active": "Any", "status": "Any", "includeInactive": "true"}
            self.call(module, template, template, pageSize=most, **all_, **wide)
            self.call(module, template, template, page=2, pageSize=7, **wide)
            self.call(module, template, template, modifiedBefore="yesterday")

    def reports(self, module: str, template: str) -> None:
        """Every report of every category, and one that is not there."""
        listed = template.removesuffix("/{reportId}")
        for category in self.call(module, "report-categories", "report-categories")["data"]:
            path = f"report-category/{category['id']}/reports"
            for report in self.call(module, path, listed)["data"]:
                self.call(module, f"{path}/{report['id']}", template)
            self.call(module, f"{path}/1", template)


def main(folder: Path) -> int:
    """Run every route; the exit code."""
    practice = start()
    try:
        practice.limits("servicetitan", rate=0)
        checker = Checker(folder, practice.urls)
        for module, templates in ROUTES.items():
            for template in templates.split():
                checker.route(module, template)
    finally:
        practice.stop()
    for violation, times in checker.found.most_common():
        print(f"{times:6} × {violation}")
    print(f"{checker.found.total()} violations in {checker.answers} answers", end="")
    print(f" with {checker.records} records")
    return 1 if checker.found else 0


if __name__ == "__main__":
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    checks = {"crm-v2.json": main, "openapi-v2.yaml": specs_pipedrive.main}
    folders = {name: next(root.rglob(name), None) for name in checks}
    for name, folder in folders.items():
        if folder is None:
            print(f"no {name} under {root}")
    results = [checks[name](folder.parent) for name, folder in folders.items() if folder]
    sys.exit(max(results, default=1))
