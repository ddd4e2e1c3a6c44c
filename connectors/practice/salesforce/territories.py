"""State and country/territory picklists: a code beside each text of an address, and the rules
that keep the two alike. Of the world's countries, those that a contractor here meets.

Source: Salesforce Help, "State and Country/Territory Picklists".
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.fields import Choice, Field, field

COUNTRIES = {"US": "United States", "CA": "Canada", "MX": "Mexico", "PR": "Puerto Rico"}
STATES = {
    "US": (
        "AL=Alabama AK=Alaska AZ=Arizona AR=Arkansas CA=California CO=Colorado CT=Connecticut "
        "DE=Delaware DC=District_of_Columbia FL=Florida GA=Georgia HI=Hawaii ID=Idaho "
        "IL=Illinois IN=Indiana IA=Iowa KS=Kansas KY=Kentucky LA=Louisiana ME=Maine MD=Maryland "
        "MA=Massachusetts MI=Michigan MN=Minnesota MS=Mississippi MO=Missouri MT=Montana "
        "NE=Nebraska NV=Nevada NH=New_Hampshire NJ=New_Jersey NM=New_Mexico NY=New_York "
        "NC=North_Carolina ND=North_Dakota OH=Ohio OK=Oklahoma OR=Oregon PA=Pennsylvania "
        "RI=Rhode_Island SC=South_Carolina SD=South_Dakota TN=Tennessee TX=Texas UT=Utah "
        "VT=Vermont VA=Virginia WA=Washington WV=West_Virginia WI=Wisconsin WY=Wyoming"
    ),
    "CA": (
        "AB=Alberta BC=British_Columbia MB=Manitoba NB=New_Brunswick "
        "NL=Newfoundland_and_Labrador NT=Northwest_Territories NS=Nova_Scotia NU=Nunavut "
        "ON=Ontario PE=Prince_Edward_Island QC=Quebec SK=Saskatchewan YT=Yukon_Territories"
    ),
}
PREFIXES = {"Account": ("Billing", "Shipping"), "Contact": ("Mailing", "Other")}


def _states() -> Iterator[tuple[str, str, str]]:
    """(country, code, name) of every state."""
    for country, pairs in STATES.items():
        for code, _, name in (pair.partition("=") for pair in pairs.split()):
            yield country, code, name.replace("_", " ")


COUNTRY_OF = {code: country for country, code, _ in _states()}
NAMES = {"Country": COUNTRIES, "State": {code: name for _, code, name in _states()}}


def _bit(country: str) -> str:
    """`validFor`: a bit for each value of the controlling field, the first one highest."""
    return b64encode((128 >> list(COUNTRIES).index(country)).to_bytes()).decode()


def code_fields(object: str) -> tuple[Field, ...]:
    """The codes that addresses of that object have besides."""
    fields: list[Field] = []
    for prefix in PREFIXES.get(object, ()):
        country, state = f"{prefix}CountryCode", f"{prefix}StateCode"
        countries = tuple(Choice(code, label=name) for code, name in COUNTRIES.items())
        states = tuple(Choice(code, label=name, valid_for=_bit(of)) for of, code, name in _states())
        kinds = ((country, "Country", countries, ""), (state, "State/Province", states, country))
        fields += (
            field(
                name, f"{prefix} {label} Code", "picklist", 10, "CUN",
                choices=choices, controller=controller, closed=True,
            )
            for name, label, choices, controller in kinds
        )  # fmt: skip
    return tuple(fields)


def settle(object: str, row: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Put text and code of what is written side by side. Raises RowError where the org does
    not know it, where the two disagree, or where a state has no country or another's."""
    for prefix in PREFIXES.get(object, ()):
        for kind in ("Country", "State"):
            _pair(row, prefix, kind)
        now = {**before, **row}
        state, country = now.get(f"{prefix}StateCode"), now.get(f"{prefix}CountryCode")
        touched = any(name.startswith(prefix) for name in row)
        if touched and state and not country:
            raise RowError(
                "FIELD_INTEGRITY_EXCEPTION",
                "A country must be specified before specifying a state value for field: "
                f"{prefix} State/Province",
                f"{prefix}State",
            )
        if touched and state and COUNTRY_OF[state] != country:
            raise _unknown(prefix, "State")


def _pair(row: dict[str, Any], prefix: str, kind: str) -> None:
    text, code = f"{prefix}{kind}", f"{prefix}{kind}Code"
    codes = {name.lower(): each for each, name in NAMES[kind].items()}
    found = []
    if text in row:
        found.append(codes.get((row[text] or "").lower(), row[text] and ""))
    if code in row:
        found.append(row[code] if row[code] in (None, *NAMES[kind]) else "")
    if not found:
        return
    if "" in found or len(set(found)) > 1:
        raise _unknown(prefix, kind)
    row[code] = found[0]
    row[text] = NAMES[kind].get(found[0] or "")


def _unknown(prefix: str, kind: str) -> RowError:
    one, many = ("state", "states") if kind == "State" else ("country", "countries")
    return RowError(
        "FIELD_INTEGRITY_EXCEPTION",
        f"There was a problem with this {one}, even though it may appear correct. Please select"
        f" a {one} from the list of valid {many}.",
        f"{prefix}{kind}",
    )
