"""A deployment's zip: which components it names, what it holds of them, what it removes."""

import io
import zipfile
from dataclasses import dataclass
from dataclasses import field as data
from xml.etree.ElementTree import ParseError

from connectors.practice.salesforce.api import NEWEST
from connectors.practice.salesforce.metadata.elements import Node, Problem, parse

MANIFEST = "package.xml"
REMOVALS = {
    "destructiveChangesPre.xml": "before",
    "destructiveChanges.xml": "before",
    "destructiveChangesPost.xml": "after",
}
# Folder → (ending, type of the root, name of the type in the manifest)
FOLDERS = {
    "objects": (".object", "CustomObject", "CustomObject"),
    "permissionsets": (".permissionset", "PermissionSet", "PermissionSet"),
    "layouts": (".layout", "Layout", "Layout"),
    "settings": (".settings", "", "Settings"),
}
TYPES = ("CustomObject", "CustomField", "Layout", "PermissionSet", "Settings")
REMOVABLE = ("CustomObject", "CustomField", "Layout", "PermissionSet")
FILES, UNZIPPED, ONE_FILE = 10_000, 600_000_000, 10_000_000


class Broken(Exception):
    """One file of the zip cannot be read at all: where and why."""

    def __init__(self, file: str, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.file, self.problem, self.line = file, problem, line


@dataclass(slots=True)
class Package:
    """What is asked for. `files`: (type, name) → root. `removed`: when → type, name."""

    members: dict[str, list[str]] = data(default_factory=dict)
    files: dict[tuple[str, str], Node] = data(default_factory=dict)
    paths: dict[tuple[str, str], str] = data(default_factory=dict)
    removed: dict[str, list[tuple[str, str]]] = data(
        default_factory=lambda: {"before": [], "after": []}
    )
    broken: list[Broken] = data(default_factory=list)

    def names(self, type: str) -> list[str]:
        """The components of that type; `*` is every custom one in the zip."""
        listed = self.members.get(type, [])
        if "*" not in listed:
            return listed
        held = [name for kind, name in self.files if kind == type]
        custom = [n for n in held if type != "CustomObject" or n.endswith("__c")]
        return [*(n for n in listed if n != "*"), *(n for n in custom if n not in listed)]


def read(content: bytes) -> Package:
    """The package of a zip. Raises Broken where there is no manifest; other broken files are
    listed in the package."""
    package = Package()
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as bad:
        raise Broken("", f"The zip file is not valid: {bad}") from bad
    with archive:
        files = [each for each in archive.infolist() if not each.is_dir()]
        if len(files) > FILES or sum(each.file_size for each in files) > UNZIPPED:
            raise Broken("", "Maximum size of request reached. Maximum size is 10000 files")
        if MANIFEST not in archive.namelist():
            raise Broken(MANIFEST, "No package.xml found")
        for each in files:
            try:
                _take(package, each.filename, _bytes(archive, each))
            except ParseError as bad:
                line, _ = bad.position
                package.broken.append(Broken(each.filename, f"Error parsing file: {bad}", line))
            except Problem as bad:
                package.broken.append(Broken(each.filename, str(bad)))
    return package


def _bytes(archive: zipfile.ZipFile, file: zipfile.ZipInfo) -> bytes:
    if file.file_size > ONE_FILE:
        raise Problem("the file is too large for the practice org")
    return archive.read(file)


def _take(package: Package, path: str, content: bytes) -> None:
    if path == MANIFEST:
        package.members = _manifest(content, TYPES)
        return
    if path in REMOVALS:
        for type, names in _manifest(content, REMOVABLE, versioned=False).items():
            package.removed[REMOVALS[path]] += [(type, name) for name in names]
        return
    folder, _, name = path.partition("/")
    ending, root, type = FOLDERS.get(folder, ("", "", ""))
    if not type or "/" in name or not name.endswith(ending):
        raise Problem("Not in package.xml")
    own = name.removesuffix(ending)
    package.files[type, own] = parse(content, root or f"{own}Settings")
    package.paths[type, own] = path


def _manifest(
    content: bytes, types: tuple[str, ...], versioned: bool = True
) -> dict[str, list[str]]:
    node = parse(content, "Package")
    version = node.text("version")
    if versioned or version:
        whole, _, rest = version.partition(".")
        if not whole.isdigit() or rest != "0" or int(whole) > NEWEST:
            raise Problem(f"Invalid version specified:{version}")
    found: dict[str, list[str]] = {}
    for each in node.inner.get("types", []):
        name = each.text("name")
        if name not in types:
            raise Problem(f"Unknown type name '{name}' specified in package.xml")
        members = [member.text("") for member in each.inner.get("members", [])]
        found.setdefault(name, []).extend(m for m in members if m not in found.get(name, []))
    for name, members in found.items():
        if "*" in members and (name in ("CustomField", "Settings") or not versioned):
            raise Problem(f"The wildcard * is not supported for {name} here")
    return found
