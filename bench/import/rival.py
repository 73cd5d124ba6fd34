"""The rival's two ways. Each returns a function that imports the file and says which lines it refused."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from import_export import fields, resources, widgets
from import_export.formats.base_formats import XLSX

from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.models import Audience, Person
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
Run = Callable[[], list[int]]


class Commune(widgets.ForeignKeyWidget):
    """A commune by its name with its kind, asked for as the library does: one query a row."""

    def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:
        return territory.communes(SYSTEM, on=AT.date())

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        kind, _blank, name = str(value).partition(" ")
        try:
            return self.get_queryset(value, row).get(kind_vi=kind, name=name)
        except Unit.DoesNotExist:
            raise ValueError("no such commune") from None


class Held(widgets.Widget):
    """A name looked up in memory."""

    def __init__(self, known: dict[str, Any]) -> None:
        super().__init__()
        self.known = known

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if value not in self.known:
            raise ValueError("not known")
        return self.known[value]


class Phone(widgets.CharWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if not re.fullmatch(r"\+?[0-9]{9,14}", value):
            raise ValueError("no telephone number")
        return value


class Email(widgets.CharWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            validate_email(value)
        except ValidationError as fault:
            raise ValueError("no address") from fault
        return value


class People(resources.ModelResource):
    """The list as a resource: one field a column, the rest of the row made in `before_save_instance`."""

    external_key = fields.Field("external_key", "Mã")
    full_name = fields.Field("full_name", "Họ và tên")
    born_on = fields.Field("born_on", "Ngày sinh", widget=widgets.DateWidget("%d/%m/%Y"))
    sex = fields.Field("sex", "Giới tính", widget=Held({"Nữ": "f", "Nam": "m"}))
    unit = fields.Field("unit", "Xã/phường", widget=Commune(Unit))
    audience = fields.Field("audience", "Đối tượng", widget=widgets.ForeignKeyWidget(Audience, "name_vi"))
    phone = fields.Field("phone", "SĐT", widget=Phone())
    email = fields.Field("email", "Email", widget=Email())

    class Meta:
        model = Person
        import_id_fields = ("external_key",)
        fields = ("external_key", "full_name", "born_on", "sex", "unit", "audience", "phone", "email")
        skip_unchanged = False

    def after_init_instance(self, instance: Person, new: bool, row: Any, **kwargs: Any) -> None:
        if new:
            instance.registered_at = AT

    def before_save_instance(self, instance: Person, row: Any, **kwargs: Any) -> None:
        instance.full_name, instance.search_key = nfc(instance.full_name), fold(instance.full_name)
        index = citizen_number.index(row["Số CCCD"])
        if instance.citizen_number_index != index:
            instance.citizen_number_index = index
            instance.citizen_number_sealed = citizen_number.seal(row["Số CCCD"])


class PeopleInBulk(People):
    """The same in bulk mode, with nothing asked of the database a row: everybody and every name held in memory."""

    class Meta(People.Meta):
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        skip_html_diff = True
        instance_loader_class = "import_export.instance_loaders.CachedInstanceLoader"


def plain(file: Path) -> Run:
    """django-import-export as it comes."""
    return _theirs(file, People)


def bulk(file: Path) -> Run:
    """django-import-export in bulk mode."""
    from import_export.instance_loaders import CachedInstanceLoader

    PeopleInBulk._meta.instance_loader_class = CachedInstanceLoader
    resource = PeopleInBulk
    units = {str(unit): unit for unit in territory.communes(SYSTEM, on=AT.date())}
    resource.fields["unit"].widget = Held(units)
    resource.fields["audience"].widget = Held({row.name_vi: row for row in Audience.objects.all()})
    return _theirs(file, resource)


def _theirs(file: Path, resource: type[People]) -> Run:
    def run() -> list[int]:
        dataset = XLSX().create_dataset(file.read_bytes())
        result = resource().import_data(dataset, dry_run=False, raise_errors=False, use_transactions=True)
        assert not result.has_errors(), result.row_errors()[0][1][0].traceback
        return [row.number + 1 for row in result.invalid_rows]

    return run
