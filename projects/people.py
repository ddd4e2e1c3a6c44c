"""What a text says of a person: given and family names, whether it is an e-mail address. Pure."""

from email_validator import EmailNotValidError, validate_email
from nameparser import HumanName


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
