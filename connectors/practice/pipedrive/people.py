"""Users of the company, their rights, and what else version 1 lists without pages."""

from typing import Any

from connectors.practice.pipedrive.api import Call, Operation, Reply
from connectors.practice.pipedrive.company import CURRENCIES, Company
from connectors.practice.pipedrive.errors import forbidden, not_found, refused
from connectors.practice.pipedrive.moments import old_stamp
from connectors.practice.pipedrive.store import Record

SETS = {"admin": "f07d229d-088a-4144-a40f-1fe64295d180", "regular": "62cc4d7f-4038-4352-abf3"}
SETS["regular"] += "-a8c1c822b631"


class People:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module."""
        return [
            Operation("v1", "GET", "/users", 20, self.users),
            Operation("v1", "GET", "/users/find", 40, self.find),
            Operation("v1", "GET", "/users/me", 2, self.me),
            Operation("v1", "GET", "/users/{id}", 2, self.user),
            Operation("v1", "POST", "/users", 10, self.add_user),
            Operation("v1", "GET", "/permissionSets", 20, self.permission_sets),
            Operation("v1", "GET", "/currencies", 20, self.currencies),
            Operation("v1", "GET", "/webhooks", 10, self.webhooks),
        ]

    def show(self, user: Record) -> Record:
        """A user as version 1 shows it."""
        admin = self._company.settings.admin if user["id"] == self._company.me else user["admin"]
        access = [{"app": "sales", "admin": admin, "permission_set_id": SETS["regular"]}]
        if admin:
            access[0]["permission_set_id"] = SETS["admin"]
            access.append({"app": "global", "admin": True, "permission_set_id": SETS["admin"]})
        return {
            "id": user["id"],
            "name": user["name"],
            "default_currency": self._company.currency,
            "locale": "en_US",
            "lang": 1,
            "email": user["email"],
            "phone": None,
            "activated": user["active_flag"],
            "last_login": old_stamp(user["update_time"]),
            "created": old_stamp(user["add_time"]),
            "modified": old_stamp(user["update_time"]),
            "has_created_company": user["id"] == 1,
            "access": access,
            "active_flag": user["active_flag"],
            "timezone_name": "America/New_York",
            "timezone_offset": "-05:00",
            "role_id": 1,
            "icon_url": None,
            "is_you": user["id"] == self._company.me,
            "is_deleted": False,
        }

    async def users(self, call: Call) -> Reply:
        return Reply([self.show(user) for user in self._company.store.each("users")])

    async def find(self, call: Call) -> Reply:
        term = call.query.get("term", "").lower()
        if not term:
            raise refused(400, "Search term is required.")
        field = "email" if call.query.get("search_by_email") == "1" else "name"
        found = (u for u in self._company.store.each("users") if term in u[field].lower())
        return Reply([self.show(user) for user in found])

    async def me(self, call: Call) -> Reply:
        company = self._company
        about: dict[str, Any] = {
            "company_id": company.id,
            "company_name": company.name,
            "company_domain": company.domain,
            "company_country": "US",
            "company_industry": "Construction",
            "language": {"language_code": "en", "country_code": "US"},
        }
        return Reply(self.show(company.user()) | about)

    async def user(self, call: Call) -> Reply:
        id = call.path["id"]
        user = self._company.store.get("users", int(id)) if id.isdigit() else None
        if user is None:
            raise not_found("User")
        return Reply(self.show(user))

    async def add_user(self, call: Call) -> Reply:
        if not self._company.settings.admin:
            raise forbidden()
        body = await call.form()
        email = body.get("email")
        if type(email) is not str or "@" not in email:
            raise refused(400, "Email must be given.")
        if self._company.store.count("users", "json_extract(body, '$.active_flag')") >= (
            self._company.settings.seats
        ):
            raise forbidden("There are no seats left.")
        with self._company.store.transaction():
            return Reply(self.show(add_user(self._company, email, email)))

    async def permission_sets(self, call: Call) -> Reply:
        users = list(self._company.store.each("users"))
        admins = sum(self.show(user)["access"][0]["admin"] for user in users)
        rows = [
            (SETS["admin"], "Deals admin", "admin", admins),
            (SETS["regular"], "Deals regular user", "regular", len(users) - admins),
        ]
        return Reply([
            {"id": id, "name": name, "description": name, "app": "sales", "type": kind,
             "assignment_count": count}
            for id, name, kind, count in rows
        ])  # fmt: skip

    async def currencies(self, call: Call) -> Reply:
        return Reply([
            {"id": number + 1, "code": code, "name": name, "decimal_points": 2,
             "symbol": code, "active_flag": True, "is_custom_flag": False}
            for number, (code, name) in enumerate(CURRENCIES.items())
        ])  # fmt: skip

    async def webhooks(self, call: Call) -> Reply:
        return Reply([], more={"status": "ok"})


def add_user(
    company: Company, name: str, email: str, active: bool = True, admin: bool = False
) -> Record:
    """A new user of the company."""
    now = company.now()
    user: Record = {"add_time": now, "update_time": now, "is_deleted": False, "name": name}
    user |= {"email": email, "active_flag": active, "admin": admin}
    company.store.insert("users", user)
    return user
