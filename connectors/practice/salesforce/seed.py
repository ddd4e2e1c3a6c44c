"""What the org holds before we come: its people, and records of its own, always the same.

Some of those records carry keys of our contractor, with other values than a load would write.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from connectors.practice.salesforce import relations
from connectors.practice.salesforce.currencies import CORPORATE, CURRENCIES
from connectors.practice.salesforce.ids import make_id
from connectors.practice.salesforce.objects import CLOSED, RIGHTS, STATUSES
from connectors.practice.salesforce.org import Org, People
from connectors.practice.salesforce.territories import settle

BORN = int(datetime(2023, 3, 1, 9, tzinfo=UTC).timestamp())
SPAN = 600 * 86400
ACCOUNTS, CONTACTS, CASES, KEYED = 140, 170, 260, 20
PLACES = (("Akron", "OH"), ("Dayton", "OH"), ("Erie", "PA"), ("Toledo", "OH"), ("Gary", "IN"))
TRADES = ("Bakery", "Clinic", "Storage", "Print Works", "Garage", "Library", "Foods", "Motel")
FIRST = ("Ada", "Ben", "Carla", "Dev", "Elena", "Frank", "Grace", "Hugo", "Ines", "Jonas")
LAST = ("Abbott", "Brandt", "Castillo", "Dorsey", "Ekholm", "Farrow", "Gupta", "Hale", "Ito")
SUBJECTS = ("Quote for a new unit", "Noise on start", "Invoice question", "Annual service")


class Seed:
    """Fills an empty org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._random = Random(org.world.seed * 7919 + 11)
        self._now = BORN

    def fill(self) -> None:
        """Everything, in one transaction."""
        with self._org.store.transaction():
            self._people()
            self._setup()
            accounts = [self._account(n) for n in range(ACCOUNTS)]
            contacts = [self._contact(n, accounts) for n in range(CONTACTS)]
            for number in range(CASES):
                self._case(number, accounts, contacts)

    def _add(self, object: str, values: dict[str, Any], user: str = "", at: int = 0) -> str:
        org = self._org
        kind = org.schema.named(object)
        row: dict[str, Any] = {"Id": org.store.next_id(kind.prefix), "IsDeleted": 0}
        for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
            row[name] = at or BORN
        row |= {"CreatedById": user or None, "LastModifiedById": user or None} | values
        if org.features.state_picklists:
            settle(object, row, {})
        if "currencyisocode" in kind.fields:
            row["CurrencyIsoCode"] = CORPORATE
        org.store.insert(kind, row)
        relations.follow(org, kind, str(row["Id"]), user)
        return str(row["Id"])

    def _user(self, first: str, last: str, email: str, active: bool = True) -> str:
        alias = (first[:1] + last)[:7].lower()
        return self._add(
            "User",
            {
                "FirstName": first,
                "LastName": last,
                "Email": f"{email}.invalid" if self._org.world.copy else email,
                "Username": f"{email.lower()}.practice",
                "Alias": alias,
                "CommunityNickname": f"{alias}{self._org.store.next_number('nickname')}",
                "IsActive": int(active),
                "ProfileId": self._org.people.profile,
                "TimeZoneSidKey": "America/New_York",
                "LocaleSidKey": "en_US",
                "EmailEncodingKey": "UTF-8",
                "LanguageLocaleKey": "en_US",
                "UserType": "Standard",
            },
        )

    def _people(self) -> None:
        people = self._org.people = People(organization=make_id("00D", 1 + self._org.world.copy))
        people.profile = self._add("Profile", {"Name": "Standard User"})
        people.integration = self._user("Migration", "Integration", "integration@crm.example.com")
        people.dispatcher = self._user("Dana", "Dispatcher", "dana.dispatcher@crm.example.com")
        self._user("Ian", "Inactive", "ian.inactive@crm.example.com", active=False)
        queue = {"Name": "Incoming Cases", "DeveloperName": "Incoming_Cases", "Type": "Queue"}
        people.queue = self._add("Group", queue)
        technicians = [t for t in self._org.world.technicians() if t["active"] and t["email"]]
        # The last one has no user: somebody must decide who owns that technician's cases.
        for number, technician in enumerate(technicians[:-1]):
            first, _, last = technician["name"].rpartition(" ")
            email = technician["email"]
            self._user(first, last, email.upper() if number % 3 == 0 else email)

    def _setup(self) -> None:
        people, org = self._org.people, self._org
        row = {
            "Id": people.organization,
            "Name": "Practice Org Sandbox" if self._org.world.copy else "Practice Org",
            "InstanceName": "PRA1",
            "IsSandbox": int(self._org.world.copy),
            "OrganizationType": "Enterprise Edition",
            "DefaultLocaleSidKey": "en_US",
            "TimeZoneSidKey": "America/New_York",
        }
        self._add("Organization", row)
        for number, status in enumerate(STATUSES):
            values = {"MasterLabel": status, "ApiName": status, "SortOrder": number + 1}
            closed = {"IsDefault": int(number == 0), "IsClosed": int(status in CLOSED)}
            self._add("CaseStatus", values | closed)
        for name in ("Account", "Contact"):
            label = f"Standard {name} Duplicate Rule"
            rule = {"DeveloperName": f"Standard_{name}_Duplicate_Rule", "MasterLabel": label}
            self._add("DuplicateRule", rule | {"SobjectType": name, "IsActive": 1})
        if org.features.multi_currency:
            for iso, rate, active in CURRENCIES:
                values = {"IsoCode": iso, "ConversionRate": rate, "DecimalPlaces": 2}
                values |= {"IsActive": int(active), "IsCorporate": int(iso == CORPORATE)}
                self._add("CurrencyType", values)
        book = {"Name": "Standard Price Book", "IsActive": 1, "IsStandard": 1}
        self._add("Pricebook2", book)
        access = {f"Permissions{name}": 1 for name in RIGHTS}
        org.store.insert(
            org.schema.named("UserPermissionAccess"),
            {"Id": make_id("0Em", 1), "IsDeleted": 0} | access,
        )

    def _moment(self) -> int:
        return BORN + self._random.randrange(SPAN)

    def _keys(self, kind: Any) -> Sequence[str]:
        return self._org.world.contractor_keys(kind, KEYED)

    def _own(self, values: dict[str, Any], key: str | None, object: str) -> str:
        at, user = self._moment(), self._org.people.dispatcher
        tagged = {"Source_Id__c": key, "Source_Tags__c": "kept by the office"} if key else {}
        return self._add(object, values | tagged | {"OwnerId": user}, user, at)

    def _account(self, number: int) -> str:
        keys = self._keys("company")
        city, state = PLACES[number % len(PLACES)]
        code = "Code" if self._org.features.state_picklists else ""
        name = f"{LAST[number % len(LAST)]} {TRADES[number % len(TRADES)]} No. {number + 1}"
        values = {
            "Name": name,
            "Phone": f"(330) 555-{number:04d}",
            "Type": "Prospect" if number % 4 else "Other",
            "BillingStreet": f"{number + 10} Canal Road",
            "BillingCity": city,
            "BillingPostalCode": f"44{number:03d}",
            f"BillingState{code}": state,
            f"BillingCountry{code}": "US",
            "Description": "Kept by the office before the move.",
        }
        return self._own(values, keys[number] if number < len(keys) else None, "Account")

    def _contact(self, number: int, accounts: list[str]) -> str:
        keys = self._keys("household")
        keyed = number < len(keys)
        first, last = FIRST[number % len(FIRST)], LAST[number * 7 % len(LAST)]
        values = {
            "FirstName": first,
            "LastName": f"{last}-{number + 1}",
            "Email": f"{first.lower()}.{number + 1}@own.example.com",
            "Phone": f"(419) 555-{number:04d}",
            "AccountId": None if keyed else self._random.choice(accounts[KEYED:]),
            "MailingCity": PLACES[number % len(PLACES)][0],
        }
        return self._own(values, keys[number] if keyed else None, "Contact")

    def _case(self, number: int, accounts: list[str], contacts: list[str]) -> str:
        keys = self._keys("job")
        contact = self._random.choice(contacts[KEYED:])
        status = STATUSES[number % len(STATUSES)]
        account = self._org.store.value(self._org.schema.named("Contact"), contact, "AccountId")
        closed = status in CLOSED
        values = {
            "CaseNumber": f"{self._org.store.next_number('CaseNumber') + 1000:08d}",
            "Subject": f"{SUBJECTS[number % len(SUBJECTS)]} ({number + 1})",
            "Status": status,
            "Priority": ("High", "Medium", "Low")[number % 3],
            "Origin": ("Phone", "Email", "Web")[number % 3],
            "ContactId": contact,
            "AccountId": account,
            "IsClosed": int(closed),
            "ClosedDate": BORN + SPAN if closed else None,
            "IsEscalated": 0,
            "Job_Total__c": float(number) + 0.5,
        }
        return self._own(values, keys[number] if number < len(keys) else None, "Case")
