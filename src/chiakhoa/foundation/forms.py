"""Forms look alike everywhere: one template for a field."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders each field by `foundation/field.html` (label, help, error in words)."""

    field_template_name = "foundation/field.html"
