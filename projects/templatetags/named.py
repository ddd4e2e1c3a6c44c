"""`{{ name|named:words }}`: a name as people call it, or as it is where nobody does."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def named(name: str, words: Mapping[str, str]) -> str:
    return words.get(name, name)
