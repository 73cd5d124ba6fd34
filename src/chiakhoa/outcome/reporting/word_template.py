"""The Word template of a report, laid out by Nghị định 30/2020/NĐ-CP, Phụ lục I, and drawn once a process.

A4; margins 20, 20, 30, 20 mm; Times New Roman; the parts and their sizes as the decree lists them. The words are Vietnamese
because the paper is: they are the form itself, like its rules and margins. `word` fills it.
"""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FACE = "Times New Roman"
CENTRE, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
GENERAL = (("STT", "{{ row.n }}", 12), ("Chỉ tiêu", "{{ row.name }}", 88), ("Kết quả", "{{ row.value }}", 40),
           ("Đơn vị tính", "{{ row.unit }}", 20))  # fmt: skip
TASKS = (("Nhiệm vụ", "{{ row.name }}", 50), ("Số lớp", "{{ row.classes }}", 18),
         ("Người học xong", "{{ row.people }}", 23), ("Chỉ tiêu", "{{ row.target }}", 20), ("Đạt", "{{ row.share }}", 17),
         ("Chứng nhận", "{{ row.certificates }}", 20))  # fmt: skip
MONEY = (("Nhiệm vụ", "{{ row.name }}", 100), ("Kinh phí đã dùng (đồng)", "{{ row.money }}", 60))
BEFORE = (("Kết quả", "{{ row.name }}", 110), ("Số lượng", "{{ row.value }}", 25), ("Câu số", "{{ row.sentence }}", 25))
ANNEX = (("Số", "{{ row.reference }}", 12), ("Chỉ tiêu", "{{ row.name }}", 38), ("Định nghĩa", "{{ row.definition }}", 62),
         ("Số dòng", "{{ row.count }}", 16), ("Địa chỉ", "{{ row.address }}", 32))  # fmt: skip


@cache
def template() -> bytes:
    """The template as a .docx file."""
    paper = docx.Document()
    _page(paper)
    _head(paper)
    _title(paper)
    _body(paper)
    _foot(paper)
    _annex(paper)
    buffer = io.BytesIO()
    paper.save(buffer)
    return buffer.getvalue()


def _page(paper: Document) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = CENTRE
    _field(number, "PAGE")
    style: Any = paper.styles["Normal"]
    style.font.name, style.font.size = FACE, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


def _head(paper: Document) -> None:
    """Cells 1 to 4: issuing body and number on the left, national title, motto, place and date on the right."""
    grid = paper.add_table(rows=2, cols=2)
    _widths(grid, (65, 95))
    body, nation, number, place = grid.cell(0, 0), grid.cell(0, 1), grid.cell(1, 0), grid.cell(1, 1)
    _line(body, "{{ body }}", size=13, bold=True)
    _line(body, "{{ body_place }}", size=13, bold=True)
    _ruled(_line(body, "", size=2), 24)
    _line(nation, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=13, bold=True)
    _line(nation, "Độc lập - Tự do - Hạnh phúc", size=14, bold=True)
    _ruled(_line(nation, "", size=2), 16)
    _line(number, "Số:        /{{ symbol }}", size=13)
    _line(place, "{{ place }}, ngày       tháng       năm {{ year }}", size=14, italic=True)


def _title(paper: Document) -> None:
    _line(paper, "", size=14)
    _only_if(paper, "draft", "DỰ THẢO", bold=True)
    _line(paper, "BÁO CÁO", size=14, bold=True)
    _line(paper, "{{ summary }}", size=14, bold=True)
    _ruled(_line(paper, "", size=2), 60)
    _only_if(paper, "synthetic", "(Số liệu trình diễn được tạo tự động, không phải số liệu thật.)", italic=True)
    _line(paper, "", size=8)
    _line(paper, "Kính gửi: {{ addressee }}", size=14)
    _line(paper, "", size=8)


def _body(paper: Document) -> None:
    _prose(paper, "{{ opening }}")
    _heading(paper, "I. KẾT QUẢ CHUNG")
    _rows(paper, GENERAL, "general", numbers={2})
    _heading(paper, "II. KẾT QUẢ THEO NHIỆM VỤ")
    _rows(paper, TASKS, "tasks", numbers={1, 2, 3, 4, 5})
    _heading(paper, "III. KINH PHÍ VÀ KẾT QUẢ ĐÃ BÁO CÁO TRƯỚC")
    _prose(paper, "1. Kinh phí theo nhiệm vụ (chi phí tính được của các lớp đã kết thúc):")
    _rows(paper, MONEY, "tasks", numbers={1})
    _prose(paper, "2. Kết quả các ngành đã báo cáo trước khi có hệ thống, không cộng vào các số liệu trên:")
    _rows(paper, BEFORE, "before", numbers={1, 2})
    _prose(paper, "Số trong ngoặc vuông sau mỗi số liệu dẫn đến định nghĩa và dữ liệu gốc ở Phụ lục./.")
    _line(paper, "", size=8)


def _foot(paper: Document) -> None:
    """Cells 9b and 7: recipients on the left, authority and an empty place to sign on the right."""
    grid = paper.add_table(rows=1, cols=2)
    _widths(grid, (80, 80))
    to, signer = grid.cell(0, 0), grid.cell(0, 1)
    _line(to, "Nơi nhận:", size=12, bold=True, italic=True, align=LEFT)
    _line(to, "- Như trên;", size=11, align=LEFT)
    _line(to, "- Lưu: VT.", size=11, align=LEFT)
    _line(signer, "TM. {{ body }}", size=14, bold=True)
    for _blank in range(5):
        _line(signer, "", size=14)


def _annex(paper: Document) -> None:
    paper.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _line(paper, "Phụ lục", size=14, bold=True)
    _line(paper, "ĐỊNH NGHĨA VÀ DỮ LIỆU GỐC CỦA CÁC SỐ LIỆU", size=14, bold=True)
    _line(paper, "(Kèm theo Báo cáo số        /{{ symbol }} của {{ body_name }})", size=14, italic=True)
    _line(paper, "", size=8)
    _rows(paper, ANNEX, "annex", numbers={3}, size=10)


def _line(
    place: Document | _Cell, text: str, *, size: int, bold: bool = False, italic: bool = False, align: Any = CENTRE
) -> Paragraph:
    """A paragraph of one run; the first paragraph of a cell is reused, not left empty."""
    fresh = isinstance(place, _Cell) and len(place.paragraphs) == 1 and not place.paragraphs[0].runs
    paragraph = place.paragraphs[0] if fresh else place.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic, run.font.name = Pt(size), bold, italic, FACE
    return paragraph


def _only_if(paper: Document, name: str, text: str, *, bold: bool = False, italic: bool = False) -> None:
    _line(paper, f"{{%p if {name} %}}", size=14)
    _line(paper, text, size=14, bold=bold, italic=italic)
    _line(paper, "{%p endif %}", size=14)


def _prose(paper: Document, text: str) -> None:
    paragraph = _line(paper, text, size=14, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(6)


def _heading(paper: Document, text: str) -> None:
    paragraph = _line(paper, text, size=14, bold=True, align=LEFT)
    paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(6)
    paragraph.paragraph_format.keep_with_next = True


def _rows(
    paper: Document, columns: Sequence[tuple[str, str, int]], name: str, *, numbers: set[int], size: int = 12
) -> None:
    """A table with a heading row that repeats on each page and one row for each entry of the list `name`."""
    table = paper.add_table(rows=4, cols=len(columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, [width for _head, _cell, width in columns])
    _line(table.cell(1, 0), f"{{%tr for row in {name} %}}", size=size)
    _line(table.cell(3, 0), "{%tr endfor %}", size=size)
    for c, (head, cell, _width) in enumerate(columns):
        _line(table.cell(0, c), head, size=size, bold=True)
        _line(table.cell(2, c), cell, size=size, align=WD_ALIGN_PARAGRAPH.RIGHT if c in numbers else LEFT)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)


def _widths(table: Table, widths: Sequence[int]) -> None:
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _ruled(paragraph: Paragraph, indent: int) -> None:
    """A rule under the line above, this many millimetres in from both sides."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{key}"), value)
    borders.append(top)
    # Word wants the properties of a paragraph in the order of the schema: borders before spacing, indents, alignment.
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _field(paragraph: Paragraph, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)
