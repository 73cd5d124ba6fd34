"""Tags of the page shell: a block used twice, the errors of all forms of a page, the pager's neighbours."""

from collections.abc import Iterator
from typing import Any

from django import forms, template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import mark_safe

register = template.Library()

WIDGETS_WITH_OPTIONS = ("radioselect", "checkboxselectmultiple")


class CaptureNode(template.Node):
    """Renders its body into a variable: a block may stand in the title and in the heading alike."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: Context) -> str:
        """Nothing on the page; the stripped body in the context."""
        context[self.name] = mark_safe(self.nodelist.render(context).strip())
        return ""


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """`{% capture as name %}...{% endcapture %}`."""
    words = token.split_contents()
    if len(words) != 3 or words[1] != "as":
        raise template.TemplateSyntaxError("write {% capture as name %}")
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodelist, words[2])


@register.filter
def field_errors(form: forms.BaseForm) -> Iterator[tuple[forms.BoundField, str]]:
    """Each error of each field with its field, in the order of the form."""
    return ((field, str(error)) for field in form for error in field.errors)


@register.filter
def has_options(field: forms.BoundField) -> bool:
    """Whether the field is a group of radio buttons or check boxes, to be shown under a legend."""
    return field.widget_type in WIDGETS_WITH_OPTIONS or bool(field.use_fieldset)


@register.filter
def first_control(field: forms.BoundField) -> str:
    """The id of the control that an error of the field leads to: the first option of a group."""
    if not field.auto_id:
        return ""
    return f"{field.auto_id}_0" if has_options(field) else str(field.auto_id)


@register.simple_tag(takes_context=True)
def page_has_errors(context: Context) -> bool:
    """Whether a form or formset of the page came back with errors: the title then begins with "Error"."""
    names: list[Any] = [context.get("form"), context.get("formset")]
    return any(bound is not None and getattr(bound, "is_bound", False) and bool(bound.errors) for bound in names)
