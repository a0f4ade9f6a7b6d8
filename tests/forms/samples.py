"""Forms of an invented prefecture, and strategies that make any form and any return."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from luoshi.forms import Choice, Field, FieldType, FormDefinition, Row, Rule, Section, SectionKind, Severity, Values
from luoshi.units import fold

COUNTIES = (("yunling", "云岭市"), ("qingxi", "清溪县"), ("baishan", "白山县"))

ENTITIES = Section(
    "entities",
    "经营主体",
    SectionKind.FIXED,
    (
        Field("target", "年度目标", FieldType.INTEGER, "户", minimum=Decimal(0)),
        Field("month", "当月新增", FieldType.INTEGER, "户", required=True, minimum=Decimal(0), maximum=Decimal(99999)),
        Field("total", "累计新增", FieldType.INTEGER, "户", required=True, observed=True, cumulative=True),
        Field(
            "share", "完成率", FieldType.NUMBER, "%", formula="total / target * 100", help="累计新增占年度目标的比重"
        ),
        Field("growth", "同比增长", FieldType.NUMBER, "%", decimals=1),
        Field("note", "备注", FieldType.TEXT),
    ),
    (
        Row("all", "全州合计", total_of=tuple(key for key, _ in COUNTIES), blocked=frozenset({"note"})),
        *(Row(key, name, indicator="new_entities", unit=key) for key, name in COUNTIES),
    ),
    help="按登记机关统计。",
)
PROJECTS = Section(
    "projects",
    "项目情况",
    SectionKind.REPEATED,
    (
        Field("name", "项目名称", FieldType.PROJECT, required=True),
        Field("code", "项目代码", FieldType.PROJECT_CODE),
        Field("kind", "类别", FieldType.CHOICE, choices=(Choice("signed", "已签约"), Choice("talks", "在谈"))),
        Field("investment", "总投资", FieldType.NUMBER, "亿元", decimals=4, required=True, minimum=Decimal(0)),
        Field("paid", "到位资金", FieldType.NUMBER, "亿元", decimals=4),
        Field("rate", "到位率", FieldType.NUMBER, "%", formula="paid / investment * 100"),
        Field("began", "开工日期", FieldType.DATE),
        Field("until", "建成期别", FieldType.PERIOD),
        Field("county", "所在县市", FieldType.UNIT),
        Field("owner", "企业", FieldType.ENTERPRISE),
        Field("proof", "佐证", FieldType.FILE),
    ),
    most_rows=40,
    identified_by="name",
)
SUMMARY = Section(
    "summary",
    "汇总",
    SectionKind.FIXED,
    (
        Field("number", "项目数", FieldType.INTEGER, "个", formula="count_of(projects)", indicator="projects"),
        Field("money", "总投资", FieldType.NUMBER, "亿元", decimals=4, formula="sum_of(projects.investment)"),
    ),
    (Row("here", "合计"),),
)
FORM = FormDefinition(
    (ENTITIES, PROJECTS, SUMMARY),
    (
        Rule("month_in_total", "entities.month <= entities.total", "当月新增不应大于累计新增"),
        Rule("paid_in_all", "projects.paid <= projects.investment", "到位资金大于总投资，请核对", Severity.SOFT),
    ),
    "一、本表由各县市填报。\n二、每月3日前报送上月数据。",
)
GOOD = {
    "entities.all.target": "600",
    "entities.all.month": "60",
    "entities.all.total": "150",
    **{
        f"entities.{key}.{field}": text
        for key, _ in COUNTIES
        for field, text in (("target", "200"), ("month", "20"), ("total", "50"), ("growth", "-1.5"), ("note", "正常"))
    },
    "projects.a.name": "云岭光伏",
    "projects.a.code": "2026-532300-04-01-123456",
    "projects.a.kind": "signed",
    "projects.a.investment": "3.5",
    "projects.a.paid": "1.25",
    "projects.a.began": "2026-03-05",
    "projects.a.until": "2026-12",
    "projects.a.county": "qingxi",
    "projects.a.owner": "云岭新能源有限公司",
    "projects.b.name": "清溪花卉",
    "projects.b.investment": "0.8",
}
ROWS = {"projects": ("a", "b")}


def values(cells: dict[str, str] | None = None, rows: dict[str, tuple[str, ...]] | None = None) -> Values:
    """A good return with some cells replaced; an empty text removes one."""
    merged = GOOD | (cells or {})
    return Values({address: text for address, text in merged.items() if text}, ROWS | (rows or {}))


KEYS = st.sampled_from([*"abcxyz", "a1", "n_2", "long_key_3", "sum_of", "round", "previous", "x" * 36])
LABELS = st.text("云岭甲乙丙丁A1（）()%*/:'[]？ ", min_size=1, max_size=6).filter(fold)
# Drawing whole forms is slow on a busy machine; that says nothing about what is tested.
WHOLE_FORMS = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
NUMBERS = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=3)


@st.composite
def fields(draw: st.DrawFn, key: str, *, repeated: bool, numbers: tuple[str, ...]) -> Field:
    """A sound column; a formula may use the numeric columns before it."""
    kind = draw(st.sampled_from(FieldType))
    made = Field(
        key,
        draw(LABELS),
        kind,
        draw(st.sampled_from(("", "户", "万元", "%"))),
        draw(st.integers(0, 6)),
        draw(st.booleans()),
        help=draw(st.sampled_from(("", "按实填写"))),
    )
    if kind is FieldType.CHOICE:
        labels = draw(st.lists(LABELS, min_size=1, max_size=4, unique_by=fold))
        return replace(made, choices=tuple(Choice(f"key_{number}", label) for number, label in enumerate(labels)))
    if kind in (FieldType.NUMBER, FieldType.INTEGER):
        low, high = draw(st.none() | NUMBERS), draw(st.none() | NUMBERS)
        if low is not None and high is not None and low > high:
            low, high = high, low
        formula = ""
        if numbers and draw(st.booleans()):
            formula = draw(st.sampled_from(("{} + 1", "{} / 3", "round({}, 1) * 0.1", "abs({})"))).format(numbers[0])
        return replace(
            made,
            minimum=low,
            maximum=high,
            formula=formula,
            cumulative=draw(st.booleans()),
            observed=not repeated and draw(st.booleans()),
            indicator="" if repeated else draw(st.sampled_from(("", "gdp"))),
        )
    return made


@st.composite
def sections(draw: st.DrawFn, key: str) -> Section:
    """A sound section."""
    kind = draw(st.sampled_from(SectionKind))
    repeated = kind is SectionKind.REPEATED
    made: list[Field] = []
    for field_key in draw(st.lists(KEYS, min_size=1, max_size=5, unique=True)):
        numbers = tuple(one.key for one in made if one.type in (FieldType.NUMBER, FieldType.INTEGER))
        made.append(draw(fields(field_key, repeated=repeated, numbers=numbers)))
    title = draw(LABELS)
    if repeated:
        least = draw(st.integers(0, 2))
        named = draw(st.sampled_from(["", made[0].key]))
        return Section(key, title, kind, tuple(made), (), least, draw(st.integers(max(least, 1), 9)), named)
    keys = draw(st.lists(KEYS, min_size=1, max_size=4, unique=True))
    rows = [
        Row(
            row_key,
            draw(LABELS),
            draw(st.sampled_from(("", "gdp"))),
            draw(st.sampled_from(("", "qingxi"))),
            tuple(keys[number + 1 :]) if number == 0 and draw(st.booleans()) else (),
            frozenset(draw(st.sets(st.sampled_from([one.key for one in made]), max_size=1))),
        )
        for number, row_key in enumerate(keys)
    ]
    return Section(key, title, kind, tuple(made), tuple(rows))


@st.composite
def definitions(draw: st.DrawFn) -> FormDefinition:
    """A sound form."""
    keys = draw(st.lists(KEYS, min_size=1, max_size=3, unique=True))
    made = tuple(draw(sections(key)) for key in keys)
    rules = [
        Rule(f"r{number}", f"{section.key}.{one.key} >= 0.5", "应不小于", draw(st.sampled_from(Severity)))
        for number, (section, one) in enumerate((section, section.fields[0]) for section in made)
        if one.type in (FieldType.NUMBER, FieldType.INTEGER)
    ]
    return FormDefinition(made, tuple(rules), draw(st.sampled_from(("", "一、说明"))))


def typed(field: Field) -> st.SearchStrategy[str]:
    """What a careful person types into a column."""
    match field.type:
        case FieldType.NUMBER:
            return st.integers(-(10**10), 10**10).map(lambda n: f"{Decimal(n).scaleb(-field.decimals):,f}")
        case FieldType.INTEGER:
            return st.integers(-(10**9), 10**9).map(str)
        case FieldType.DATE:
            return st.dates(min_value=dt.date(1901, 1, 1)).filter(lambda d: d.year < 2999).map(str)
        case FieldType.PERIOD:
            return st.sampled_from(("2026", "2026年3月", "2026Q2", "2026年上半年", "2026-03T1", "2026年第7周"))
        case FieldType.CHOICE:
            return st.sampled_from([choice.label for choice in field.choices])
        case FieldType.PROJECT_CODE:
            return st.from_regex(r"20[0-9]{2}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}", fullmatch=True)
        case FieldType.FILE:
            return st.integers(1, 10**6).map(str)
        case _:
            return st.text(max_size=10)


@st.composite
def returns(draw: st.DrawFn, definition: FormDefinition) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Typed cells and rows of a form, some left blank."""
    cells: dict[str, str] = {}
    rows: dict[str, tuple[str, ...]] = {}
    for section in definition.sections:
        if section.kind is SectionKind.REPEATED:
            keys = tuple(draw(st.lists(KEYS, max_size=3, unique=True)))
            rows[section.key] = keys
        else:
            keys = tuple(row.key for row in section.rows)
        blocked = {row.key: row.blocked for row in section.rows}
        for key in keys:
            for field in section.fields:
                if not field.formula and field.key not in blocked.get(key, ()) and draw(st.booleans()):
                    cells[f"{section.key}.{key}.{field.key}"] = draw(typed(field))
    return cells, rows
