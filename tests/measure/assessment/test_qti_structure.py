"""Exports hold to the structure that QTI 2.2 and 3.0 demand of items and packages, as far as it can be written down here.

The tables are read off the information models of 1EdTech (assessmentItem, interactions, feedback, content packaging): which
elements stand in which, in what order, with which attributes, and what has to point at what. They are not the schemas: values
of attributes and the content of HTML are checked only where a mistake would lose an answer.
"""

import io
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest

from chiakhoa.measure.assessment import interchange
from tests.data.bank import ITEMS

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SPACES = {
    "qti2": ("http://www.imsglobal.org/xsd/imsqti_v2p2", "http://www.imsglobal.org/xsd/imscp_v1p1"),
    "qti3": ("http://www.imsglobal.org/xsd/imsqtiasi_v3p0", "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"),
}
TYPES = {"qti2": "imsqti_item_xmlv2p2", "qti3": "imsqti_item_xmlv3p0"}
HTML = {"div", "p", "span", "object", "br"}
INLINE = ["span", "br", "textEntryInteraction", "inlineChoiceInteraction", "feedbackInline", "object"]
BLOCK = ["div", "p", "rubricBlock", "choiceInteraction", "orderInteraction", "matchInteraction", "hotspotInteraction"]
FLOW = [*BLOCK, *INLINE]

# element -> (attributes that are demanded, others that may be there, children in their order: name and how many)
RULES = {
    "assessmentItem": ({"identifier", "title", "adaptive", "timeDependent"}, {"toolName", "toolVersion"},
                       [("responseDeclaration", "*"), ("outcomeDeclaration", "*"), ("itemBody", "?"), ("responseProcessing", "?"),
                        ("modalFeedback", "*")]),
    "responseDeclaration": ({"identifier", "cardinality", "baseType"}, set(), [("correctResponse", "?"), ("mapping", "?")]),
    "outcomeDeclaration": ({"identifier", "cardinality", "baseType"}, set(), [("defaultValue", "?")]),
    "correctResponse": (set(), set(), [("value", "+")]),
    "defaultValue": (set(), set(), [("value", "+")]),
    "value": (set(), set(), []),
    "mapping": (set(), {"defaultValue", "lowerBound", "upperBound"}, [("mapEntry", "+")]),
    "mapEntry": ({"mapKey", "mappedValue"}, {"caseSensitive"}, []),
    "rubricBlock": ({"view"}, {"use"}, None),
    "choiceInteraction": ({"responseIdentifier", "maxChoices"}, {"shuffle", "minChoices"},
                          [("prompt", "?"), ("simpleChoice", "+")]),
    "orderInteraction": ({"responseIdentifier"}, {"shuffle", "orientation"}, [("prompt", "?"), ("simpleChoice", "+")]),
    "matchInteraction": ({"responseIdentifier", "maxAssociations"}, {"shuffle", "minAssociations"},
                         [("prompt", "?"), ("simpleMatchSet", "2")]),
    "simpleMatchSet": (set(), set(), [("simpleAssociableChoice", "+")]),
    "simpleAssociableChoice": ({"identifier", "matchMax"}, {"matchMin", "fixed"}, None),
    "simpleChoice": ({"identifier"}, {"fixed"}, None),
    "hotspotInteraction": ({"responseIdentifier", "maxChoices"}, {"minChoices"},
                           [("prompt", "?"), ("object", "1"), ("hotspotChoice", "+")]),
    "hotspotChoice": ({"identifier", "shape", "coords"}, {"hotspotLabel"}, []),
    "textEntryInteraction": ({"responseIdentifier"}, {"expectedLength", "patternMask"}, []),
    "inlineChoiceInteraction": ({"responseIdentifier"}, {"shuffle", "required"}, [("inlineChoice", "+")]),
    "inlineChoice": ({"identifier"}, {"fixed"}, None),
    "feedbackInline": ({"outcomeIdentifier", "identifier", "showHide"}, set(), None),
    "modalFeedback": ({"outcomeIdentifier", "identifier", "showHide"}, {"title"}, None),
    "object": ({"type", "data"}, {"width", "height"}, None),
}  # fmt: skip
INTERACTIONS = {name for name in RULES if name.endswith("Interaction")}
CHOICES = {"simpleChoice", "simpleAssociableChoice", "hotspotChoice", "inlineChoice"}
CARDINALITY = {
    "orderInteraction": {"ordered"}, "matchInteraction": {"multiple"}, "choiceInteraction": {"single", "multiple"},
    "hotspotInteraction": {"single"}, "textEntryInteraction": {"single"}, "inlineChoiceInteraction": {"single"},
}  # fmt: skip
BASE_TYPES = {"identifier", "directedPair", "string", "float"}


def camel(name, is_three):
    """The name in version 2; None for one that version 3 would not have written so."""
    if not is_three:
        return name
    if name in HTML:
        return name
    if name != name.lower() or not name.startswith("qti-"):
        return None
    return re.sub(r"-([a-z])", lambda found: found[1].upper(), name.removeprefix("qti-"))


def attribute(name, is_three):
    if not is_three:
        return name
    return None if name != name.lower() else re.sub(r"-([a-z])", lambda found: found[1].upper(), name)


class Reader:
    """An item as a strict reader takes it: names without their version, and what is wrong with it."""

    def __init__(self, root, form):
        self.form, self.is_three, self.wrong = form, form == "qti3", []
        self.root = self.plain(root)

    def plain(self, element):
        space, _brace, local = element.tag.removeprefix("{").partition("}")
        if space != SPACES[self.form][0]:
            self.wrong.append(f"{local}: namespace {space}")
        name = camel(local, self.is_three)
        if name is None:
            self.wrong.append(f"element {local} is none of this version")
        found = ET.Element(name or local)
        found.text, found.tail = element.text, element.tail
        for key, value in element.attrib.items():
            plain = key if key == XML_LANG else attribute(key, self.is_three)
            if plain is None:
                self.wrong.append(f"{local}: attribute {key} is none of this version")
            found.set(plain or key, value)
        found.extend(self.plain(child) for child in element)
        if self.is_three and name in ("modalFeedback", "rubricBlock"):
            self.unwrap(found)
        return found

    def unwrap(self, element):
        bodies = [child for child in element if child.tag == "contentBody"]
        if len(bodies) != 1 or len(element) != 1:
            self.wrong.append(f"{element.tag}: version 3 wants one content body")
            return
        element.text = bodies[0].text
        children = list(bodies[0])
        element.remove(bodies[0])
        element.extend(children)

    def check(self):
        for element in self.root.iter():
            self.check_element(element)
        self.check_links()
        return self.wrong

    def check_element(self, element):
        name, kids = element.tag, [child.tag for child in element]
        if name in RULES:
            demanded, allowed, children = RULES[name]
            given = set(element.attrib) - {XML_LANG, "class", "id", "label"}  # what every element of a body may have
            if not demanded <= given <= demanded | allowed:
                self.wrong.append(f"{name}: attributes {sorted(given ^ demanded)}")
            if children is not None and not self.in_order(kids, children):
                self.wrong.append(f"{name}: children {kids}")
            if children is not None and name != "value" and (element.text or "").strip():
                self.wrong.append(f"{name}: bare text")
        if name == "itemBody" and ((element.text or "").strip() or not set(kids) <= set(BLOCK)):
            self.wrong.append(f"itemBody: only blocks stand in it, not {kids}")
        if name in ("div", "p", "span") and not set(kids) <= set(FLOW if name == "div" else INLINE):
            self.wrong.append(f"{name}: children {kids}")

    @staticmethod
    def in_order(kids, children):
        counts = {"*": "*", "?": "?", "+": "+", "1": "{1}", "2": "{2}"}
        pattern = "".join(f"(?:{name} ){counts[many]}" for name, many in children)
        return re.fullmatch(pattern, "".join(f"{kid} " for kid in kids)) is not None

    def check_links(self):
        responses = {one.get("identifier"): one for one in self.root.iter("responseDeclaration")}
        outcomes = {one.get("identifier") for one in self.root.iter("outcomeDeclaration")}
        used = []
        for interaction in (one for one in self.root.iter() if one.tag in INTERACTIONS):
            response = responses.get(interaction.get("responseIdentifier"))
            if response is None:
                self.wrong.append(f"{interaction.tag}: no response {interaction.get('responseIdentifier')}")
                continue
            used.append(response.get("identifier"))
            self.check_response(interaction, response)
        if sorted(used) != sorted(responses):
            self.wrong.append(f"responses {sorted(responses)}, asked for by {sorted(used)}")
        for feedback in (*self.root.iter("feedbackInline"), *self.root.iter("modalFeedback")):
            if feedback.get("outcomeIdentifier") not in outcomes or feedback.get("showHide") not in ("show", "hide"):
                self.wrong.append(f"{feedback.tag}: {feedback.attrib}")
        for variable in (*self.root.iter("variable"), *self.root.iter("correct"), *self.root.iter("setOutcomeValue")):
            if variable.get("identifier") not in {*responses, *outcomes}:
                self.wrong.append(f"{variable.tag}: {variable.get('identifier')} is not declared")
        if "SCORE" not in outcomes:
            self.wrong.append("no SCORE")

    def check_response(self, interaction, response):
        if response.get("cardinality") not in CARDINALITY[interaction.tag]:
            self.wrong.append(f"{interaction.tag}: cardinality {response.get('cardinality')}")
        if response.get("baseType") not in BASE_TYPES:
            self.wrong.append(f"base type {response.get('baseType')}")
        known = [one.get("identifier") for one in interaction.iter() if one.tag in CHOICES]
        if len(set(known)) != len(known) or not all(re.fullmatch(r"[A-Za-z_][\w.-]*", one) for one in known):
            self.wrong.append(f"identifiers {known}")
        values = [one.text or "" for one in response.find("correctResponse")]
        if known and not {part for value in values for part in value.split()} <= set(known):
            self.wrong.append(f"the right answer {values} is none of {known}")
        if interaction.tag == "orderInteraction" and sorted(values) != sorted(known):
            self.wrong.append("an order names each choice once")


def packages(form):
    return zipfile.ZipFile(io.BytesIO(interchange.write(ITEMS, form).content))


@pytest.fixture(scope="module", params=["qti2", "qti3"])
def package(request):
    return request.param, packages(request.param)


def test_every_item_of_the_bank_has_the_structure_that_the_version_demands(package):
    form, archive = package
    found = {}
    for name in (name for name in archive.namelist() if name.endswith(".xml") and name != "imsmanifest.xml"):
        wrong = Reader(ET.fromstring(archive.read(name)), form).check()
        found |= {name: wrong} if wrong else {}
    assert found == {}


def test_the_manifest_names_every_file_once_and_nothing_else(package):
    form, archive = package
    root = ET.fromstring(archive.read("imsmanifest.xml"))
    space = f"{{{SPACES[form][1]}}}"
    assert root.tag == f"{space}manifest"
    assert [child.tag for child in root] == [f"{space}{name}" for name in ("metadata", "organizations", "resources")]
    assert root.get("identifier")
    metadata = root.find(f"{space}metadata")
    assert [child.tag for child in metadata] == [f"{space}schema", f"{space}schemaversion"]
    resources = root.find(f"{space}resources")
    named = [resource.get("identifier") for resource in resources]
    assert len(set(named)) == len(named) == len(ITEMS)
    listed = []
    for resource in resources:
        assert resource.get("type") == TYPES[form]
        files = [file.get("href") for file in resource.iter(f"{space}file")]
        assert resource.get("href") == files[0]
        listed += files
    assert sorted([*listed, "imsmanifest.xml"]) == sorted(archive.namelist())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('maxChoices="1"', ""), "attributes"),
        (lambda text: text.replace("<value>c</value>", "<value>z</value>"), "none of"),
        (lambda text: text.replace('responseIdentifier="RESPONSE"', 'responseIdentifier="OTHER"'), "no response"),
        (lambda text: text.replace("<itemBody>", "<itemBody>x"), "only blocks"),
        (lambda text: text.replace('simpleChoice identifier="b"', 'simpleChoice identifier="a"'), "identifiers"),
        (lambda text: text.replace("simpleChoice", "qti-simple-choice"), "children"),
    ],
)
def test_the_yardstick_finds_a_planted_mistake(change, said):
    text = packages("qti2").read("1.1-a.xml").decode()
    assert any(said in words for words in Reader(ET.fromstring(change(text)), "qti2").check())
