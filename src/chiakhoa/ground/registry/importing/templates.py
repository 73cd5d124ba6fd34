"""Templates to fill in: headings, an example, drop-downs of what may be chosen, and the needed columns marked."""

import io
from datetime import date

import xlsxwriter
from django.utils.translation import gettext as _

from chiakhoa.foundation import sheets
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.registry.importing.kinds import Column, Kind

ROWS = 5000


def _columns(kind: Kind) -> list[Column]:
    return [column for column in kind.columns if not column.part_of]


def text(kind: Kind) -> bytes:
    """The headings as CSV."""
    return sheets.as_csv([[str(column.label) for column in _columns(kind)]])


def workbook(kind: Kind, reader: Reader, on: date) -> bytes:
    """An .xlsx to fill in: the list with drop-downs, a second sheet with an example and what each column takes."""
    choices = kind.handler.choices(reader, on)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        needed = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#FDF0CF"})
        as_text = book.add_format({"num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(str(kind.label)[:31])
        help_sheet = book.add_worksheet(_("How to fill it in"))
        lists = book.add_worksheet(_("Choices"))
        lists.hide()
        help_sheet.write_row(0, 0, [_("Column"), _("Needed"), _("Example"), _("What it takes")], bold)
        for place, column in enumerate(_columns(kind)):
            said = choices.get(column.name, [])
            example = column.example or (said[0] if said else "")
            sheet.write_string(0, place, str(column.label), needed if column.needed else bold)
            sheet.set_column(place, place, max(14, len(str(column.label)) + 2), as_text)
            help_sheet.write_row(
                place + 1, 0, [str(column.label), _("yes") if column.needed else "", example, str(column.help)], wrapped
            )
            if said:
                lists.write_column(0, place, said)
                letter = xlsxwriter.utility.xl_col_to_name(place)
                source = f"='{_('Choices')}'!${letter}$1:${letter}${len(said)}"
                sheet.data_validation(
                    1, place, ROWS, place, {"validate": "list", "source": source, "error_type": "warning"}
                )
        help_sheet.set_column(0, 0, 28)
        help_sheet.set_column(2, 3, 44)
        sheet.freeze_panes(1, 0)
        sheet.activate()
    return buffer.getvalue()
