"""The printed certificate: a PDF that opens, in words, with a code that leads to the page that checks it."""

import io
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pypdf
import pytest
import zxingcpp
from django.urls import reverse

from chiakhoa.train.credentials import paper, signing

ADDRESS = "https://chiakhoa.example/credentials/verify/"
PIXELS = 4


@pytest.fixture
def printed(certificate):
    return pypdf.PdfReader(io.BytesIO(paper.render(certificate, ADDRESS)))


def code_on(page):
    """The text of the QR code as it is drawn on the page: its squares are the one fill of many shapes."""
    fills, shapes = [], []

    def draw(operator, operands, _matrix, _text_matrix):
        if operator == b"m":
            shapes.append([])
        if operator in (b"m", b"l"):
            shapes[-1].append([float(value) for value in operands])
        elif operator in (b"f", b"S", b"n"):
            fills.append(shapes.copy())
            shapes.clear()

    page.extract_text(visitor_operand_before=draw)
    corners = np.array(max(fills, key=len))
    low, high = (corners.min(axis=1) * PIXELS).astype(int), (corners.max(axis=1) * PIXELS).astype(int)
    picture = np.full((high.max() + low.min(), high.max() + low.min()), 255, dtype=np.uint8)
    for (left, top), (right, bottom) in zip(low, high, strict=True):
        picture[top:bottom, left:right] = 0
    return zxingcpp.read_barcode(picture).text


def test_one_page_names_the_person_the_course_the_number_and_the_last_day(printed, certificate):
    assert len(printed.pages) == 1
    words = printed.pages[0].extract_text()
    for said in ("ĐẠI HỌC ICTU", "Nguyễn Hoa", "An toàn mạng", "01.03.2027 – 03.03.2027", "20 tiết", ADDRESS,
                 "ngày 05 tháng 03 năm 2027", "Có giá trị đến trước ngày 05.03.2030", certificate.number):  # fmt: skip
        assert said in words


def test_a_certificate_for_ever_names_no_last_day(certificate):
    certificate.statement["expires_on"] = None
    words = pypdf.PdfReader(io.BytesIO(paper.render(certificate, ADDRESS))).pages[0].extract_text()
    assert "Có giá trị" not in words


def test_the_file_is_an_archivable_pdf_with_its_title(printed, certificate):
    assert certificate.number in printed.metadata.title
    assert b"pdfaid" in printed.trailer["/Root"]["/Metadata"].get_data()


@pytest.mark.parametrize(
    "name", ['#eval("1") \\ $x$ "*_`', "Hà & <Hải>", "Nguyễn Thị Hoàng Ngọc Bảo Trâm Anh Khánh Linh Đoan Trang"]
)
def test_any_name_is_printed_as_it_is_written(certificate, name):
    certificate.statement["person"] = name
    page = pypdf.PdfReader(io.BytesIO(paper.render(certificate, ADDRESS))).pages[0]
    assert name in " ".join(page.extract_text().split())


@pytest.mark.parametrize(("name", "words"), [("Nguyễn Hoa", 4), ("Hoàng " * 19, 4), ("M" * 119, 4), ("Nguyễn Hoa", 60)])
def test_the_longest_names_stay_on_one_page_with_the_code(certificate, name, words):
    certificate.statement |= {"person": name.strip(), "course_name": "mạng " * words}
    pages = pypdf.PdfReader(io.BytesIO(paper.render(certificate, ADDRESS))).pages
    assert len(pages) == 1
    assert code_on(pages[0]).startswith(ADDRESS)


def test_the_printed_code_leads_to_the_check_and_the_check_says_valid(printed, certificate, browse, text):
    address = code_on(printed.pages[0])
    assert address.startswith(f"{ADDRESS}?c=")
    assert parse_qs(urlsplit(address).query)["c"] == [signing.as_text(bytes(certificate.token))]
    shown = text(browse().get(f"{urlsplit(address).path}?{urlsplit(address).query}"))
    assert "HỢP LỆ" in shown and "Nguyễn Hoa" in shown


def test_the_code_of_the_file_from_the_site_leads_back_to_the_site(browse, readers, certificate):
    browser = browse(readers.learner)
    file = browser.get(reverse("credentials:pdf", args=[certificate.pk]))
    assert file["Content-Type"] == "application/pdf"
    address = code_on(pypdf.PdfReader(io.BytesIO(file.content)).pages[0])
    assert address.startswith("http://testserver" + reverse("credentials:verify"))
    assert browse().get(address.removeprefix("http://testserver")).status_code == 200
