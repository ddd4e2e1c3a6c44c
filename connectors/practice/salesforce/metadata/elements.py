"""Reading metadata XML strictly: which elements a type has, and their values."""

from dataclasses import dataclass
from dataclasses import field as data
from xml.etree import ElementTree

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
NAMESPACED = "{" + NAMESPACE + "}"


class Problem(Exception):
    """Why a component cannot be deployed, in the vendor's words where they are known."""


@dataclass(slots=True)
class Node:
    """One element: its text members by name, and its inner nodes by name."""

    type: str
    values: dict[str, str] = data(default_factory=dict)
    inner: dict[str, list["Node"]] = data(default_factory=dict)

    def text(self, name: str) -> str:
        """The member of that name, or ""."""
        return self.values.get(name, "")

    def truth(self, name: str, default: bool = False) -> bool:
        """A boolean member. Raises Problem."""
        value = self.values.get(name)
        if value is None:
            return default
        if value not in ("true", "false"):
            raise Problem(f"'{value}' is not a valid value for the type xsd:boolean")
        return value == "true"

    def number(self, name: str) -> int:
        """An integer member. Raises Problem."""
        try:
            return int(self.text(name))
        except ValueError:
            raise Problem(
                f"'{self.text(name)}' is not a valid value for the type xsd:int"
            ) from None

    def choice(self, name: str, enum: str, values: tuple[str, ...]) -> str:
        """A member of an enumeration. Raises Problem."""
        if self.text(name) not in values:
            raise Problem(f"'{self.text(name)}' is not a valid value for the enum '{enum}'")
        return self.text(name)


# Type → (members that are text and occur once, types of the inner ones by member)
Shape = tuple[frozenset[str], dict[str, str]]


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


SHAPES: dict[str, Shape] = {
    "CustomObject": (
        words(
            "label pluralLabel deploymentStatus sharingModel externalSharingModel description"
            " enableActivities enableBulkApi enableFeeds enableHistory enableReports enableSearch"
            " enableSharing enableStreamingApi enableLicensing enableEnhancedLookup startsWith"
            " gender visibility allowInChatterGroups compactLayoutAssignment"
        ),
        {"fields": "CustomField", "nameField": "NameField"},
    ),
    "NameField": (words("label type displayFormat startingNumber trackHistory"), {}),
    "CustomField": (
        words(
            "fullName label type length precision scale required unique externalId caseSensitive"
            " description inlineHelpText defaultValue deleteConstraint referenceTo"
            " relationshipLabel relationshipName relationshipOrder reparentableMasterDetail"
            " writeRequiresMasterRead visibleLines trackHistory trackFeedHistory trackTrending"
        ),
        {"valueSet": "ValueSet"},
    ),
    "ValueSet": (words("restricted"), {"valueSetDefinition": "ValueSetValuesDefinition"}),
    "ValueSetValuesDefinition": (words("sorted"), {"value": "CustomValue"}),
    "CustomValue": (words("fullName default label description isActive"), {}),
    "PermissionSet": (
        words("label description hasActivationRequired license"),
        {
            "fieldPermissions": "PermissionSetFieldPermissions",
            "objectPermissions": "PermissionSetObjectPermissions",
            "userPermissions": "PermissionSetUserPermission",
        },
    ),
    "PermissionSetFieldPermissions": (words("field readable editable"), {}),
    "PermissionSetObjectPermissions": (
        words(
            "object allowCreate allowDelete allowEdit allowRead modifyAllRecords viewAllRecords"
            " viewAllFields"
        ),
        {},
    ),
    "PermissionSetUserPermission": (words("enabled name"), {}),
    "Layout": (
        words(
            "emailDefault runAssignmentRulesDefault showEmailCheckbox showHighlightsPanel"
            " showInteractionLogPanel showKnowledgeComponent showRunAssignmentRulesCheckbox"
            " showSolutionSection showSubmitAndAttachButton"
        ),
        {"layoutSections": "LayoutSection", "relatedLists": "RelatedListItem"},
    ),
    "LayoutSection": (
        words("customLabel detailHeading editHeading label style"),
        {"layoutColumns": "LayoutColumn"},
    ),
    "LayoutColumn": (words("reserved"), {"layoutItems": "LayoutItem"}),
    "LayoutItem": (words("behavior field emptySpace"), {}),
    "RelatedListItem": (words("relatedList sortField sortOrder"), {"fields": "Member"}),
    "SecuritySettings": (words("enableAuditFieldsInactiveOwner"), {}),
    "Package": (
        words("version fullName description apiAccessLevel"),
        {"types": "PackageTypeMembers"},
    ),
    "PackageTypeMembers": (words("name"), {"members": "Member"}),
    "Member": (frozenset({""}), {}),
}


def parse(content: bytes, type: str) -> Node:
    """The root of a file of that type. Raises Problem; ParseError where it is no XML."""
    root = ElementTree.fromstring(content)
    if root.tag != NAMESPACED + type:
        raise Problem(
            f"Error parsing file: Element {root.tag} invalid: the root of this file must be {type}"
        )
    return _node(root, type)


def _node(element: ElementTree.Element, type: str) -> Node:
    members, inner = SHAPES[type]
    node = Node(type)
    if type == "Member":
        node.values[""] = (element.text or "").strip()
    for child in element:
        name = child.tag.removeprefix(NAMESPACED)
        if name in inner:
            node.inner.setdefault(name, []).append(_node(child, inner[name]))
        elif name not in members or not child.tag.startswith(NAMESPACED) or len(child):
            raise Problem(
                f"Error parsing file: Element {child.tag} invalid at this location in type {type}"
            )
        elif name in node.values:
            raise Problem(f"Error parsing file: Element {name} is duplicated in type {type}")
        else:
            node.values[name] = (child.text or "").strip()
    return node
