"""What a text says of a person: whom it names, given and family names, whether it is an e-mail
address. Pure."""

import re
from collections.abc import Iterable

from email_validator import EmailNotValidError, validate_email
from nameparser import HumanName

_ROLES = (
    "a/p a/r accountant accounting accounts after alt alternate ap ar assistant billing "
    "bookkeeper business call cell cellular client contact customer daughter desk dispatch "
    "e-mail email emergency father fax first front home hours husband invoices landlord "
    "leave line main maintenance manager message mobile mother n/a none not number of "
    "office old only other owner payable phone preferred primary property receivable "
    "reception receptionist renter roommate secondary secretary security site spouse "
    "superintendent tel tenant text the unknown voicemail wife work"
)
ROLES = frozenset(_ROLES.split())
"""Words of a remark beside a number or address that name nobody."""
LONGEST = 5
"""Words of a name; more of them are a remark."""
EDGES = ' .,:;-–—/|&+*#"()[]'
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)


def named(remark: str) -> str:
    """The person whom a remark beside a number or address names, without what it says besides: a
    role, a kind of phone, words in brackets. "" where it names nobody."""
    kept = [word for word in ASIDE.sub(" ", remark).split() if _bare(word) not in ROLES]
    name = " ".join(kept).strip(EDGES)
    told = len(kept) <= LONGEST and not re.search(r"[\d@]", name)
    return POSSESSIVE.sub("", name) if told else ""


def another(remark: str, known: Iterable[str]) -> bool:
    """Whether a remark names a person, and not one who stands in one of these names."""
    words = _words(named(remark))
    return bool(words) and not any(words <= _words(name) for name in known)


def alike(one: str, other: str) -> bool:
    """Whether both remarks name the same person: the same words, in any order and case."""
    words = _words(named(one))
    return bool(words) and words == _words(named(other))


def others(remarks: Iterable[str], name: str) -> int:
    """How many people the remarks name who do not stand in the name."""
    return len({_words(named(remark)) for remark in remarks if another(remark, (name,))})


def _words(name: str) -> frozenset[str]:
    return frozenset(_bare(word) for word in name.split()) - {"", "and"}


def _bare(word: str) -> str:
    return POSSESSIVE.sub("", word.strip(EDGES)).casefold()


def is_address(word: str) -> bool:
    try:
        validate_email(word, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return False
    return True


def split(name: str) -> tuple[str, str]:
    """Given names and family name. The whole name is the family name where no family name
    can be made out, or where a word (a nickname, say) would be left out of both."""
    person = HumanName(name)
    first = f"{person.title} {person.first} {person.middle}"
    last = " ".join(filter(None, (person.last, person.suffix)))
    kept = sorted(f"{first} {last}".replace(",", " ").split())
    whole = not person.last or kept != sorted(name.replace(",", " ").split())
    return ("", name) if whole else (" ".join(first.split()), last)
