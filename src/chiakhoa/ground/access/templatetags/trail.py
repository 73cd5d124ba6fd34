"""Words for rows of the trail."""

from django import template

from chiakhoa.foundation import trail_words
from chiakhoa.ground.access import tables

register = template.Library()
register.filter("verb_words", trail_words.verb_words)


@register.filter
def role_words(role: str) -> str:
    """The role in words."""
    return tables.role_words(role)
