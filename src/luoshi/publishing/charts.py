"""Native charts (DrawingML): drawn by the word processor from cached values, so no picture and no font of a server.

A workbook with the same values is embedded, so that an office can open "edit data".
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from luoshi.publishing.fonts import FACES
from luoshi.publishing.layout import TEXT_WIDTH
from luoshi.publishing.marks import Numbered
from luoshi.publishing.numbers import number
from luoshi.publishing.ooxml import NAMESPACES, Element, element, w
from luoshi.publishing.package import MAIN, Parts
from luoshi.publishing.words import Figure

EMU_PER_MM = 36000
MOST_POINTS = 400
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Told apart on a black-and-white print too: dark, light, middle.
_COLOURS = ("1F4E79", "9DC3E6", "2E75B6", "BFBFBF", "7F7F7F")


class Kind(StrEnum):
    """How the values are drawn."""

    COLUMNS = "col"
    BARS = "bar"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Series:
    """A row of values, one for each category; ``None`` is a gap (未报), never a zero."""

    name: str
    values: tuple[Figure | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over the width of the text; ``measure`` is the values' unit, ``colours`` (RRGGBB) may name one for each
    category of the first series. Raises ``ValueError`` where lengths differ."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Kind = Kind.COLUMNS
    measure: str = ""
    places: int = 1
    colours: tuple[str, ...] = ()
    height: int = 75

    def __post_init__(self) -> None:
        if not self.categories or not self.series:
            raise ValueError("图表没有数据")
        if len(self.categories) * len(self.series) > MOST_POINTS:
            raise ValueError(f"图表的数据点超过{MOST_POINTS}个")
        if any(len(series.values) != len(self.categories) for series in self.series):
            raise ValueError("图表各系列的个数应与类别相同")
        if self.colours and len(self.colours) != len(self.categories):
            raise ValueError("图表颜色的个数应与类别相同")


def chart_paragraph(chart: Chart, parts: Parts, number_: int) -> Element:
    """Adds the chart's parts to a package; gives the paragraph that shows it."""
    name, book = f"word/charts/luoshi{number_}.xml", f"word/embeddings/luoshi{number_}.xlsx"
    parts.add(book, _workbook(chart), _WORKBOOK)
    relation = parts.relate(name, "package", book)
    parts.add(name, _space(chart, relation), _CHART)
    shown = parts.relate(MAIN, "chart", name)
    width, height = str(TEXT_WIDTH * EMU_PER_MM), str(chart.height * EMU_PER_MM)
    reference = element("c:chart", {"r:id": shown})
    data = element("a:graphicData", {"uri": NAMESPACES["c"]}, reference)
    inline = element("wp:inline", dict.fromkeys(("distT", "distB", "distL", "distR"), "0"))
    inline.extend(
        (
            element("wp:extent", {"cx": width, "cy": height}),
            element("wp:effectExtent", dict.fromkeys(("l", "t", "r", "b"), "0")),
            element("wp:docPr", {"id": str(9000 + number_), "name": f"图{number_}", "descr": chart.title}),
            element("wp:cNvGraphicFramePr"),
            element("a:graphic", None, data),
        )
    )
    single = w("pPr", w("spacing", line=240, lineRule="auto"), w("jc", val="center"))
    return w("p", single, w("r", w("drawing", inline)))


def points(chart: Chart, number_: int, first: int) -> list[Numbered]:
    """The chart's figures, numbered from ``first`` on; their place names chart, series and category."""
    found: list[Numbered] = []
    for series in chart.series:
        for category, value in zip(chart.categories, series.values, strict=True):
            if value is not None:
                found.append(Numbered(first + len(found), value, point_place(number_, series.name, category)))
    return found


def point_place(number_: int, series: str, category: str) -> str:
    """How a manifest names a point."""
    return f"图{number_}/{series}/{category}"


def cached(value: Figure | None, places: int) -> str | None:
    """A point's value as the chart keeps it: rounded as it is printed."""
    if value is None:
        return None
    if value.value is None:
        raise ValueError(f"图表的数“{value.text}”没有数值")
    return number(value.value, places)


def _c(tag: str, *children: Element, **attributes: str | int) -> Element:
    return element(f"c:{tag}", {name: str(value) for name, value in attributes.items()}, *children)


def _letters(size: float, *, bold: bool = False) -> Element:
    """Text properties: the body's typeface, without a path to any font file."""
    run = element("a:defRPr", {"sz": str(round(size * 100)), "b": "1" if bold else "0"})
    face = FACES["heading" if bold else "number"][0]
    run.extend((element("a:latin", {"typeface": face}), element("a:ea", {"typeface": face})))
    return _c("txPr", element("a:bodyPr"), element("a:lstStyle"), element("a:p", None, element("a:pPr", None, run)))


def _space(chart: Chart, workbook: str) -> Element:
    made = _c("chartSpace", _c("date1904", val=0), _c("roundedCorners", val=0))
    plot = _c("plotArea", _c("layout"), _drawn(chart), *_axes(chart))
    body = _c("chart", _title(chart.title), _c("autoTitleDeleted", val=0), plot)
    if len(chart.series) > 1:
        body.append(_c("legend", _c("legendPos", val="b"), _c("overlay", val=0), _letters(9)))
    body.extend((_c("plotVisOnly", val=1), _c("dispBlanksAs", val="gap")))
    made.append(body)
    made.append(_letters(9))
    made.append(element("c:externalData", {"r:id": workbook}, _c("autoUpdate", val=0)))
    return made


def _title(text: str) -> Element:
    run = element("a:rPr", {"lang": "zh-CN", "sz": "1200", "b": "0"})
    face = FACES["heading"][0]
    run.extend((element("a:latin", {"typeface": face}), element("a:ea", {"typeface": face})))
    words_ = element("a:t")
    words_.text = text
    paragraph = element("a:p", None, element("a:pPr", None, element("a:defRPr", {"sz": "1200"})))
    paragraph.append(element("a:r", None, run, words_))
    rich = _c("rich", element("a:bodyPr"), element("a:lstStyle"), paragraph)
    return _c("title", _c("tx", rich), _c("overlay", val=0))


def _drawn(chart: Chart) -> Element:
    line = chart.kind is Kind.LINE
    made = _c("lineChart" if line else "barChart")
    if not line:
        made.append(_c("barDir", val=chart.kind.value))
    made.append(_c("grouping", val="standard" if line else "clustered"))
    made.append(_c("varyColors", val=0))
    for place, series in enumerate(chart.series):
        made.append(_series(chart, series, place))
    if line:
        made.append(_c("marker", val=1))
    else:
        made.append(_c("gapWidth", val=60))
    made.extend((_c("axId", val=101), _c("axId", val=102)))
    return made


def _filled(colour: str) -> Element:
    return element("a:solidFill", None, element("a:srgbClr", {"val": colour}))


def _series(chart: Chart, series: Series, place: int) -> Element:
    colour = _COLOURS[place % len(_COLOURS)]
    column = xl_col_to_name(place + 1)
    made = _c("ser", _c("idx", val=place), _c("order", val=place))
    made.append(_c("tx", _strings(f"Sheet1!${column}$1", (series.name,))))
    if chart.kind is Kind.LINE:
        made.append(_c("spPr", element("a:ln", {"w": "22225"}, _filled(colour))))
        symbol = ("circle", "square", "triangle", "diamond")[place % 4]
        marker = _c("marker", _c("symbol", val=symbol), _c("size", val=6), _c("spPr", _filled(colour)))
        made.append(marker)
    else:
        made.append(_c("spPr", _filled(colour)))
        made.append(_c("invertIfNegative", val=0))
        if place == 0:
            for point, own in enumerate(chart.colours):
                shape = _c("spPr", _filled(own))
                made.append(
                    _c("dPt", _c("idx", val=point), _c("invertIfNegative", val=0), _c("bubble3D", val=0), shape)
                )
    if len(chart.series) * len(chart.categories) <= 40:
        made.append(_labels(chart))
    last = len(chart.categories) + 1
    made.append(_c("cat", _strings(f"Sheet1!$A$2:$A${last}", chart.categories)))
    cache = _c("numCache", _code(chart.places), _c("ptCount", val=len(series.values)))
    for point, value in enumerate(series.values):
        if (text := cached(value, chart.places)) is not None:
            cache.append(_c("pt", _value(text), idx=point))
    source = _c("f")
    source.text = f"Sheet1!${column}$2:${column}${last}"
    made.append(_c("val", _c("numRef", source, cache)))
    if chart.kind is Kind.LINE:
        made.append(_c("smooth", val=0))
    return made


def _labels(chart: Chart) -> Element:
    made = _c("dLbls", _c("numFmt", formatCode=_format(chart.places), sourceLinked=0), _letters(8))
    made.append(_c("dLblPos", val="t" if chart.kind is Kind.LINE else "outEnd"))
    shown = {"showLegendKey": 0, "showVal": 1, "showCatName": 0, "showSerName": 0, "showPercent": 0}
    made.extend(_c(name, val=value) for name, value in shown.items())
    made.append(_c("showBubbleSize", val=0))
    return made


def _format(places: int) -> str:
    return "0" + ("." + "0" * places if places else "")


def _code(places: int) -> Element:
    made = _c("formatCode")
    made.text = _format(places)
    return made


def _value(text: str) -> Element:
    made = _c("v")
    made.text = text
    return made


def _strings(source: str, texts: tuple[str, ...]) -> Element:
    cache = _c("strCache", _c("ptCount", val=len(texts)))
    cache.extend(_c("pt", _value(text), idx=place) for place, text in enumerate(texts))
    formula = _c("f")
    formula.text = source
    return _c("strRef", formula, cache)


def _axes(chart: Chart) -> list[Element]:
    lying = chart.kind is Kind.BARS
    names = _c("catAx", _c("axId", val=101))
    # Lying bars are read from the top down, so their axis runs the other way.
    names.append(_c("scaling", _c("orientation", val="maxMin" if lying else "minMax")))
    names.extend((_c("delete", val=0), _c("axPos", val="l" if lying else "b")))
    names.append(_c("numFmt", formatCode="General", sourceLinked=0))
    names.extend((_c("majorTickMark", val="none"), _c("minorTickMark", val="none"), _c("tickLblPos", val="low")))
    names.extend((_letters(9), _c("crossAx", val=102), _c("crosses", val="autoZero"), _c("auto", val=0)))
    names.extend((_c("lblAlgn", val="ctr"), _c("lblOffset", val=100), _c("noMultiLvlLbl", val=1)))
    scaling = _c("scaling", _c("orientation", val="minMax"))
    if all(value is None or value.value is None or value.value >= 0 for one in chart.series for value in one.values):
        # A bar's length tells its value only from zero on.
        scaling.append(_c("min", val=0))
    values = _c("valAx", _c("axId", val=102), scaling, _c("delete", val=0))
    values.append(_c("axPos", val="b" if lying else "l"))
    line = element("a:ln", {"w": "6350"}, _filled("D9D9D9"))
    values.append(_c("majorGridlines", _c("spPr", line)))
    if chart.measure:
        values.append(_title(chart.measure))
    values.append(_c("numFmt", formatCode="General", sourceLinked=0))
    values.extend((_c("majorTickMark", val="none"), _c("minorTickMark", val="none"), _c("tickLblPos", val="nextTo")))
    crossing = "max" if lying else "autoZero"
    values.extend((_letters(9), _c("crossAx", val=101), _c("crosses", val=crossing), _c("crossBetween", val="between")))
    return [names, values]


def _workbook(chart: Chart) -> bytes:
    """The values as Sheet1, without a time of its making."""
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(1980, 1, 1, tzinfo=dt.UTC)})
        sheet = book.add_worksheet("Sheet1")
        for row, category in enumerate(chart.categories, 1):
            sheet.write_string(row, 0, category)
        for column, series in enumerate(chart.series, 1):
            sheet.write_string(0, column, series.name)
            for row, value in enumerate(series.values, 1):
                if (text := cached(value, chart.places)) is not None:
                    sheet.write_number(row, column, float(Decimal(text)))
    with zipfile.ZipFile(raw) as archive:
        return Parts({name: archive.read(name) for name in archive.namelist()}).to_bytes()
