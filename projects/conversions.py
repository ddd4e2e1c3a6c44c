"""The transforms a mapping row may name. One function a transform, one line in CONVERSIONS.
Each takes the source value and its context and returns a canonical value (connectors/values.py),
OMIT to leave the field as it is, or raises Unfit.
"""

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors import canonical
from connectors.pictures import pictures
from connectors.values import Value
from projects import amounts, codes, markup, moments, naming, people
from projects.filenames import file_name
from projects.fitting import OMIT, Absent, Context, Conversion, LeftOut, Unfit, clean
from projects.shapes import Record, at, fill
from projects.timelines import timeline

YES_OR_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
PLACE = re.compile(r"\{([^}]+)\}")
LOG = re.compile(r"(\S+) (\S+) (\S+) (.+)", re.DOTALL)
PIECE = re.compile(r"(\d+)/(\d+) (\d+)(?: images (\S+))? ?(.*)")


def copy(value: Any, context: Context) -> Value:
    if isinstance(value, list):
        return joined(value, context)
    return clean(value)


def html_text(value: Any, context: Context) -> Value:
    """HTML to plain text: blocks and breaks become line ends, tags go, entities are read.
    A "<" that opens no HTML tag is text."""
    return _plain(value, context, "")


def piece(value: Any, context: Context) -> Value:
    """One of the pieces into which an HTML text is divided that one field cannot hold. The
    argument, such as "2/8 3900 images note-{@id} By {author}", tells which piece of how many at
    most, the bytes of a piece, how the files of its images are called before their number, and a
    template of the line before the text. Absent where the text has fewer."""
    number, most, room, stem, head = PIECE.fullmatch(context.argument).groups()  # type: ignore[union-attr]
    lines = (template(None, replace(context, argument=head)), _plain(value, context, stem or ""))
    pieces = markup.pieces("\n".join(str(line) for line in lines if line), int(room))
    if len(pieces) > int(most):
        raise Unfit(f"{context.path}: longer than {most} pieces of {room} bytes can hold.")
    if int(number) > len(pieces):
        raise Absent
    return clean(pieces[int(number) - 1])


def joined(value: Any, context: Context) -> Value:
    """A list as one text, entries separated by the argument, "; " by default."""
    entries = [clean(v) for v in (value if isinstance(value, list) else [value])]
    kept = list(dict.fromkeys(e for e in entries if e))
    return (context.argument or "; ").join(kept) or None


def decimal(value: Any, context: Context) -> Value:
    """A number to the decimals named by the argument (2 by default), never through float."""
    text = clean(value)
    if text is None:
        return None
    try:
        number = round(Decimal(text), int(context.argument or 2))
        if not number.is_finite():
            raise InvalidOperation
    except (InvalidOperation, ValueError):
        raise Unfit(f"{context.path}: “{text}” is not a number.", text) from None
    return canonical.plain(number)


def instant_where(value: Any, context: Context) -> Any:
    """A point in time where the condition holds, written "path: value, value" in the argument;
    none elsewhere. Where it holds and there is none, what the destination itself puts there
    stays."""
    if not _condition(context):
        return None
    moment = moments.moment(value, context)
    return OMIT if moment is None else moment


def text_where(value: Any, context: Context) -> Value:
    """A text where the condition in the argument holds, none elsewhere."""
    return clean(value) if _condition(context) else None


def one_of(value: Any, context: Context) -> Value:
    """Yes where the value is one of the argument's, which commas separate."""
    return clean(value) in _listed(context.argument)


def amount(value: Any, context: Context) -> Value:
    """A number to two decimals; 0 where there is none."""
    return decimal(0 if clean(value) is None else value, context)


def lines(value: Any, context: Context) -> Value:
    """The argument's lines, each with its {path}s filled in from the joined record, or from
    each entry where the value is a list. Lines whose every {path} is empty go."""
    records = value if isinstance(value, list) else [context.record]
    templates = context.argument.split("\n")
    found = (_line(template, record, context) for record in records for template in templates)
    return clean("\n".join(filter(None, found)))


def nested(value: Any, context: Context) -> Value:
    """A line for each entry of a list, and below it one for each entry of another list that names
    it. The argument's first line, such as "visits siteId", tells that other list and its field
    with the id of the entry above; the second is an entry's line, the third that of one below."""
    names, above, under = context.argument.split("\n")
    part, field = names.split()
    below: dict[str | None, list[Record]] = {}
    for each in at(context.record, part) or ():
        below.setdefault(clean(each.get(field)), []).append(each)
    found = (
        _line(template, each, context)
        for entry in value or ()
        for template, entries in ((above, [entry]), (under, below.get(entry["@id"], [])))
        for each in entries
    )
    return clean("\n".join(filter(None, found)))


def log(value: Any, context: Context) -> Value:
    """Lines, in which {author.…} is whoever wrote the entry. The argument, such as
    "createdById writers,offices userId {createdOn} {author.name}: {text}", tells the entry's
    field that names its author, the parts that authors are among, and their field of that value."""
    named, parts, field, line = LOG.fullmatch(context.argument).groups()  # type: ignore[union-attr]
    people = {
        clean(person[field]): person
        for part in parts.split(",")
        for person in at(context.record, part) or ()
    }
    entries = [{**entry, "author": people.get(clean(entry[named]))} for entry in value or ()]
    return lines(entries, replace(context, argument=line))


def shorten(value: Any, context: Context) -> Value:
    """The text cut to so many characters as the argument says, with "…" as its last; for a
    field that only names the record, where the whole text stands in another."""
    text, longest = clean(value), int(context.argument)
    if text is None or len(text) <= longest:
        return text
    return text[: longest - 1].rstrip() + "…"


def settled(value: Any, context: Context) -> Value:
    """From a balance, and the total at the argument's path: "Paid", "Part paid" or "Open"."""
    return amounts.settled(clean(value), clean(at(context.record, context.argument)))


def sold(value: Any, context: Context) -> Value:
    """How many of a product were sold; the argument's paths name price, total and product."""
    paths = _listed(context.argument)
    price, total, product = (clean(at(context.record, path)) for path in paths)
    try:
        return amounts.sold(clean(value), price, total, product)
    except ValueError as wrong:
        raise Unfit(f"{context.path}: {wrong}.", clean(value) or "") from None


def billed(value: Any, context: Context) -> Value:
    """How many of a product a bill has, 1 of what it has no number for, where all its lines can be
    there and make its whole. The argument, such as "lines: number, price, total, product, charged;
    tax; whole", names the list with the fields of a line, and two amounts."""
    listed, *amounted = context.argument.split(";")
    part, fields = listed.split(":")
    lines = [
        amounts.Line(*(clean(line.get(name)) for name in _listed(fields)))
        for line in at(context.record, part.strip()) or ()
    ]
    tax, whole = (clean(at(context.record, path.strip())) for path in amounted)
    try:
        amounts.billed(lines, tax, whole)
    except ValueError as wrong:
        raise Unfit(f"{context.path or part}: {wrong}.") from None
    return decimal("1" if clean(value) is None else value, replace(context, argument=""))


def boolean(value: Any, context: Context) -> Value:
    """Yes or no; the argument where there is no value."""
    text = clean(value) or clean(context.argument)
    if text is None:
        return None
    if text.lower() not in YES_OR_NO:
        raise Unfit(f"{context.path}: “{text}” is neither yes nor no.", text)
    return YES_OR_NO[text.lower()]


def value_map(value: Any, context: Context) -> Value:
    """The destination value that people chose for this source value."""
    text = clean(value)
    if text is None:
        return None
    if text not in context.values:
        said = (
            f"{context.path}: no value map for “{text}”. Add one under Value maps, and scan again."
        )
        raise Unfit(said, text, unmapped=True)
    return context.values[text] or None


def owner(value: Any, context: Context) -> Any:
    """The destination user that people matched to this technician id."""
    technician = clean(value)
    if technician is None:
        return OMIT
    match = context.plan["technicians"].get(technician, {"action": "undecided"})
    if match["action"] == "match" and match["user"]:
        return match["user"]
    if match["action"] == "fallback":
        return context.plan["policies"]["fallback_owner"] or OMIT
    if match["action"] == "skip":
        return OMIT
    said = f"Technician {technician} has no decided match. Decide it under Technician matches."
    raise Unfit(said, technician, unmapped=True)


def sure_owner(value: Any, context: Context) -> Any:
    """The destination user matched to this technician, otherwise the fallback owner: for a
    record that must not go to whomever we sign in as."""
    found = OMIT if clean(value) is None else owner(value, context)
    user = context.plan["policies"]["fallback_owner"] if found is OMIT else found
    if not user:
        raise Unfit("Nobody owns this. Set the engagement's fallback owner, or match a technician.")
    return user


def user(value: Any, context: Context) -> Any:
    """The destination user that people matched to this technician id, and nobody else."""
    match = context.plan["technicians"].get(clean(value) or "", {"action": "", "user": ""})
    return match["user"] if match["action"] == "match" and match["user"] else OMIT


def template(value: Any, context: Context) -> Value:
    """The argument with each {path} filled in from the joined record."""
    return clean(" ".join(fill(context.argument, context.record).split()))


def street(value: Any, context: Context) -> Value:
    """Street and unit of an address, one a line."""
    return _lines(value, ("street", "unit"), "\n")


def address(value: Any, context: Context) -> Value:
    """A whole address on one line."""
    return _lines(value, ("street", "unit", "city", "state", "zip", "country"), ", ")


def email(value: Any, context: Context) -> Value:
    """The first address of a text that may hold several, or none. What else it says is left
    out, and said so; it would keep the whole record from landing."""
    text = clean(value)
    if text is None:
        return None
    words = [word for word in re.split(r"[;,\s<>]+", text) if word]
    addresses = [word for word in words if people.is_address(word)]
    if words != addresses[:1]:
        kept = addresses[0] if addresses else None
        what = f"only {kept} was taken of" if kept else "left out, for it is no e-mail address:"
        raise LeftOut(f"{context.path}: {what} “{text}”.", kept)
    return addresses[0]


def first_of(value: Any, context: Context) -> Value:
    """The source value or, where it is empty, the first of the argument's comma-separated
    paths that has one."""
    paths = [p.strip() for p in context.argument.split(",") if p.strip()]
    candidates = [value, *(at(context.record, path) for path in paths)]
    return next((text for c in candidates if (text := clean(c))), None)


def _plain(value: Any, context: Context, stem: str) -> str | None:
    """HTML as text, its images named as their files are, by that template."""
    text = clean(value)
    if text is None:
        return None
    if "\0" in text:
        raise Unfit(f"{context.path}: the value holds a NUL character. Correct it at the source.")
    unnamed = replace(context, argument="")
    shown = pictures(text, fill(stem, context.record)) if stem else ()
    return clean(markup.plain(text, (file_name(each.name, unnamed) for each in shown)))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _condition(context: Context) -> bool:
    path, _, values = context.argument.partition(":")
    return clean(at(context.record, path.strip())) in _listed(values)


def _line(template: str, record: Record, context: Context) -> str:
    """A filled-in line, "" where nothing could be filled in. {path?words} is the words where
    the record says anything but no there."""

    def value(match: re.Match[str]) -> str:
        path, asked, words = match[1].partition("?")
        found = at(record, path)
        if asked:
            return words if found else ""
        texts = [html_text(v, context) for v in (found if isinstance(found, list) else [found])]
        return ", ".join(str(text) for text in dict.fromkeys(texts) if text)

    blank = re.sub(PLACE, "", template)
    filled = re.sub(PLACE, value, template)
    return "" if blank == filled and PLACE.search(template) else filled.strip()


def _lines(value: Any, names: tuple[str, ...], separator: str) -> str | None:
    parts = [clean((value or {}).get(name)) for name in names]
    return separator.join(p for p in parts if p) or None


CONVERSIONS: dict[str, Conversion] = {
    "copy": Conversion("As it is", copy),
    "html_text": Conversion("HTML to text", html_text),
    "piece": Conversion("A piece of an HTML text", piece),
    "join": Conversion("List to one text", joined),
    "decimal": Conversion("Number", decimal),
    "sold": Conversion("How many were sold", sold),
    "billed": Conversion("How many, where the whole bill adds up", billed),
    "instant": Conversion("Date and time", moments.instant),
    "day": Conversion("Date", moments.day),
    "hours": Conversion("Duration in hours and minutes", moments.hours),
    "clock": Conversion("Time of day", moments.clock),
    "until": Conversion("End of an appointment", moments.until),
    "span": Conversion("Hours and minutes between two times", moments.span),
    "instant_where": Conversion("Date and time where a condition holds", instant_where),
    "text_where": Conversion("Text where a condition holds", text_where),
    "one_of": Conversion("Yes where it is one of", one_of),
    "amount": Conversion("Number, 0 where empty", amount),
    "lines": Conversion("Lines with {fields}", lines),
    "nested": Conversion("Lines with {fields}, others below each", nested),
    "log": Conversion("Lines with {fields} and their authors", log),
    "timeline": Conversion("Lines in order of time", timeline),
    "shorten": Conversion("Shortened to so many characters", shorten),
    "settled": Conversion("Paid, part paid or open", settled),
    "boolean": Conversion("Yes or no", boolean),
    "value_map": Conversion("By value map", value_map),
    "code": Conversion("Code, by value map or in capitals", codes.code),
    "country": Conversion("Code of a country, or of the state's", codes.country),
    "owner": Conversion("Technician to user", owner),
    "sure_owner": Conversion("Technician to user, or the fallback", sure_owner),
    "user": Conversion("Technician to user, if matched", user),
    "seconds": Conversion("Duration in seconds", moments.seconds),
    "template": Conversion("Text with {fields}", template),
    "file_name": Conversion("Name of a file", file_name),
    "email": Conversion("E-mail address", email),
    "street": Conversion("Street and unit", street),
    "address": Conversion("Address on one line", address),
    "first_name": Conversion("First name", naming.first_name),
    "last_name": Conversion("Last name", naming.last_name),
    "person": Conversion("Person named in a remark", naming.person),
    "person_first": Conversion("First name of the person named in a remark", naming.person_first),
    "person_last": Conversion("Last name of the person named in a remark", naming.person_last),
    "first_of": Conversion("First that has a value", first_of),
}
