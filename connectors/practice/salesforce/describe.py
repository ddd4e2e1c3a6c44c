"""Describe answers: in goes the schema, out comes what `/sobjects` and `/describe` say."""

from typing import Any

from connectors.practice.salesforce.fields import TEXTS, Choice, Field
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.schema import Schema

SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}
IDS = ("id", "reference")
# What is the same for every field here, but present in each as clients look for it.
CONSTANT: dict[str, Any] = {
    "aggregatable": True,
    "calculatedFormula": None,
    "defaultValueFormula": None,
    "deprecatedAndHidden": False,
    "digits": 0,
    "encrypted": False,
    "htmlFormatted": False,
    "mask": None,
    "maskType": None,
    "restrictedDelete": False,
    "writeRequiresMasterRead": False,
}
MASTER = "012000000000000AAA"
PARTS = frozenset({"Street", "City", "State", "StateCode", "PostalCode", "Country", "CountryCode"})


def field_answer(field: Field) -> dict[str, Any]:
    """One member of `fields`."""
    textual = field.type in TEXTS or field.type in IDS
    return CONSTANT | {
        "autoNumber": field.name == "CaseNumber" or bool(field.auto),
        "byteLength": field.length * (1 if field.in_bytes or field.type in IDS else 3),
        "calculated": False,
        "cascadeDelete": field.order is not None,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": _compound(field.name),
        "controllerName": field.controller or None,
        "createable": field.createable,
        "custom": field.custom,
        "defaultValue": field.default,
        "defaultedOnCreate": field.defaulted,
        "dependentPicklist": bool(field.controller),
        "digits": field.precision if field.type == "int" else 0,
        "externalId": field.external_id,
        "filterable": field.filterable,
        "groupable": textual and field.filterable and not field.formula,
        "idLookup": field.id_lookup,
        "inlineHelpText": field.help,
        "label": field.label,
        "length": field.length,
        "name": field.name,
        "nameField": field.name in ("Name", "CaseNumber"),
        "namePointing": len(field.references) > 1,
        "nillable": field.nillable,
        "permissionable": _permissionable(field),
        "picklistValues": [_choice(each) for each in field.choices],
        "polymorphicForeignKey": len(field.references) > 1,
        "precision": field.precision if field.type != "int" else 0,
        "referenceTo": list(field.references),
        "relationshipName": field.relationship,
        "relationshipOrder": field.order,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "soapType": SOAP.get(field.type, "xsd:string"),
        "sortable": field.filterable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable,
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "active": choice.active,
        "defaultValue": choice.default,
        "label": choice.label or choice.value,
        "validFor": choice.valid_for,
        "value": choice.value,
    }


def _permissionable(field: Field) -> bool:
    if field.custom:
        return field.guarded
    return field.nillable and field.createable and field.name != "Name"


def _compound(name: str) -> str | None:
    for prefix in ("Billing", "Shipping", "Mailing", "Other"):
        if name.removeprefix(prefix) in PARTS:
            return f"{prefix}Address"
    return None


def summary(object: Object, base: str) -> dict[str, Any]:
    """One member of the list at `/sobjects`."""
    return {
        "name": object.name,
        "label": object.label,
        "labelPlural": object.plural,
        "keyPrefix": object.prefix,
        "custom": object.custom,
        "customSetting": False,
        "createable": "C" in object.rights,
        "updateable": "U" in object.rights,
        "deletable": "D" in object.rights,
        "undeletable": "D" in object.rights,
        "queryable": True,
        "searchable": "D" in object.rights,
        "replicateable": True,
        "retrieveable": True,
        "mergeable": object.name in ("Account", "Contact", "Case"),
        "triggerable": "D" in object.rights,
        "layoutable": "D" in object.rights,
        "activateable": False,
        "feedEnabled": False,
        "deprecatedAndHidden": False,
        "urls": {
            "sobject": f"{base}/sobjects/{object.name}",
            "describe": f"{base}/sobjects/{object.name}/describe",
            "rowTemplate": f"{base}/sobjects/{object.name}/{{ID}}",
        },
    }


def describe(schema: Schema, object: Object, base: str) -> dict[str, Any]:
    """The whole answer of `/sobjects/X/describe`."""
    return summary(object, base) | {
        "fields": [field_answer(each) for each in schema.fields(object)],
        "childRelationships": [
            {
                "childSObject": child.name,
                "field": each.name,
                "relationshipName": each.children,
                "cascadeDelete": each.on_delete == "cascade",
                "restrictedDelete": each.on_delete == "restrict",
                "deprecatedAndHidden": False,
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
            }
            for child, each in schema.children(object)
        ],
        "recordTypeInfos": [
            {
                "active": True,
                "available": True,
                "defaultRecordTypeMapping": True,
                "developerName": "Master",
                "master": True,
                "name": "Master",
                "recordTypeId": MASTER,
                "urls": {"layout": f"{base}/sobjects/{object.name}/describe/layouts/{MASTER}"},
            }
        ],
        "supportedScopes": [{"label": f"All {object.plural.lower()}", "name": "everything"}],
        "actionOverrides": [],
        "namedLayoutInfos": [],
        "searchLayoutable": True,
        "compactLayoutable": True,
        "listviewable": None,
        "lookupLayoutable": None,
        "networkScopeFieldName": None,
    }
