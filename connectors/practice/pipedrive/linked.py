"""Who else belongs to a record: followers (version 2) and participants of deals (version 1)."""

from connectors.practice.pipedrive.api import Call, Endpoint, Operation, Reply
from connectors.practice.pipedrive.bodies import check_members
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.entities import BY_NAME, DEALS
from connectors.practice.pipedrive.errors import not_found, refused
from connectors.practice.pipedrive.moments import old_stamp
from connectors.practice.pipedrive.old import old_page, page_parameters, parents
from connectors.practice.pipedrive.queries import PAGE, read, read_old
from connectors.practice.pipedrive.store import Record
from connectors.practice.pipedrive.values import owner
from connectors.practice.pipedrive.writer import find

FOLLOWED = ("deals", "persons", "organizations", "products")


class Linked:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company, self._store = company, company.store

    def operations(self) -> list[Operation]:
        """All of this module."""
        path = "/deals/{id}/participants"
        found = [
            Operation("v1", "GET", path, 10, self.participants),
            Operation("v1", "POST", path, 10, self.add_participant),
            Operation("v1", "DELETE", f"{path}/{{link}}", 6, self.drop_participant),
        ]
        for entity in FOLLOWED:
            path = f"/{entity}/{{id}}/followers"
            found += [
                Operation("v2", "GET", path, 10, self._followers(entity)),
                Operation("v2", "POST", path, 5, self._follow(entity)),
                Operation("v2", "DELETE", f"{path}/{{user}}", 3, self._unfollow(entity)),
            ]
        return found

    def _place(self, entity: str, call: Call) -> str:
        record = find(self._company, BY_NAME[entity], call.path["id"])
        return f"{entity}/{record['id']}"

    def _followers(self, entity: str) -> Endpoint:
        async def list_followers(call: Call) -> Reply:
            read(call.query, PAGE)
            rows = self._store.where("followers", item_id=self._place(entity, call))
            return Reply([_follower(row) for row in rows], {"next_cursor": None})

        return list_followers

    def _follow(self, entity: str) -> Endpoint:
        async def follow(call: Call) -> Reply:
            place, body = self._place(entity, call), await call.json()
            user = check_members(self._company, body, {"user_id": owner}, "user_id")["user_id"]
            if self._store.where("followers", item_id=place, user_id=user):
                raise refused(400, "User is already following this item")
            now = self._company.now()
            row = {"item_id": place, "user_id": user, "is_deleted": False}
            row |= {"add_time": now, "update_time": now}
            self._store.insert("followers", row)
            return Reply(_follower(row), status=201)

        return follow

    def _unfollow(self, entity: str) -> Endpoint:
        async def unfollow(call: Call) -> Reply:
            place, user = self._place(entity, call), call.path["user"]
            rows = self._store.where("followers", item_id=place)
            for row in rows:
                if str(row["user_id"]) == user:
                    self._store.remove("followers", row["id"])
                    return Reply({"user_id": row["user_id"]})
            raise not_found("Follower")

        return unfollow

    async def participants(self, call: Call) -> Reply:
        deal = find(self._company, DEALS, call.path["id"])
        query, asked = read_old(call.query, page_parameters(500)), {"deal_id": deal["id"]}
        return old_page(self._company, "participants", query, self._shown, asked, nested=False)

    async def add_participant(self, call: Call) -> Reply:
        deal = find(self._company, DEALS, call.path["id"])
        person = parents(self._company, await call.form(), "person_id").get("person_id")
        if person is None:
            raise refused(400, "person_id must be given.")
        if self._store.where("participants", deal_id=deal["id"], person_id=person):
            raise refused(400, "Person is already a participant of this deal")
        now = self._company.now()
        row: Record = {"deal_id": deal["id"], "person_id": person, "is_deleted": False}
        row |= {"add_time": now, "update_time": now}
        self._store.insert("participants", row)
        return Reply(self._shown(row))

    async def drop_participant(self, call: Call) -> Reply:
        deal = find(self._company, DEALS, call.path["id"])
        for row in self._store.where("participants", deal_id=deal["id"]):
            if str(row["id"]) == call.path["link"]:
                self._store.remove("participants", row["id"])
                return Reply({"id": row["id"]})
        raise not_found("Participant")

    def _shown(self, row: Record) -> Record:
        person = self._store.get("persons", row["person_id"]) or {}
        deal = self._store.get("deals", row["deal_id"]) or {}
        return {
            "id": row["id"],
            "person_id": {
                "active_flag": not person["is_deleted"],
                "name": person["name"],
                "email": person["emails"],
                "phone": person["phones"],
                "owner_id": person["owner_id"],
                "company_id": self._company.id,
                "value": person["id"],
            },
            "add_time": old_stamp(row["add_time"]),
            "active_flag": True,
            "related_item_data": {"deal_id": deal["id"], "title": deal["title"]},
            "related_item_type": "deal",
            "related_item_id": deal["id"],
        }


def _follower(row: Record) -> Record:
    return {"user_id": row["user_id"], "add_time": row["add_time"]}
