"""Growth that contradicts base and target, and targets below their own base."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from luoshi.checks.figures import Figure, base_unit, show
from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.sheets import YEAR, Column, Row, Sheet
from luoshi.checks.statements import rate_name, reached
from luoshi.checks.subject import PlanView, Subject, part
from luoshi.checks.wording import normal
from luoshi.extraction.model import Paragraph, TargetDraft

#: A fall is what is wanted of these.
_DOWN = re.compile(
    r"死亡|失业|能耗|排放|受害|不良|事故|贫困人口|贫困村数|贫困县|返贫|负债|债务|成本|差距|下降|降低|减少|压减|投诉|信访|损失|流失|缺口|费用|用时"
)
_RATE = re.compile(r"率|比重|占比|比例|水平|满意度|覆盖")
_FROM_TO = re.compile(
    r"(?:由|从)\s*(?:(?P<first>20\d\d)\s*年底?末?的?)?\s*(?P<from>\d[\d,]{0,15}(?:\.\d{1,6})?)\s*(?P<unit>[万亿]{0,2}[元户人吨亩个件家%％])"
    r"\s*(?:增加|增长|提高|提升|上升|扩大|下降|降低|减少|降)(?:到|至|为)\s*(?:(?P<last>20\d\d)\s*年底?末?的?)?\s*"
    r"(?P<to>\d[\d,]{0,15}(?:\.\d{1,6})?)\s*(?P<unit2>[万亿]{0,2}[元户人吨亩个件家%％])\s*[，,]\s*(?P<how>累计|共|同比|实际|年均)?"
    r"(?:增长|提高|上升|下降|降低|增加|减少|提升)(?:了)?\s*(?P<by>\d{1,6}(?:\.\d{1,6})?)\s*(?P<kind>个百分点|[%％])"
)
#: 指标20.93万人……实际脱贫33.38万人，完成率159.6%
_DONE = re.compile(
    r"(?<![\d.,])(?P<plan>\d[\d,]{0,15}(?:\.\d{1,6})?)\s*(?P<unit>[万亿]{0,2}[元户人吨亩个件家])(?:[(（][^()（）]{0,20}[)）])?[^\d。；;]{0,16}"
    r"实际(?:完成|达到?|脱贫|实现|建成|到位)?\s*(?P<done>\d[\d,]{0,15}(?:\.\d{1,6})?)\s*(?P<unit2>[万亿]{0,2}[元户人吨亩个件家])(?:[(（][^()（）]{0,20}[)）])?"
    r"\s*[，,]\s*完成率(?:为|达到?)?\s*(?P<rate>\d{1,6}(?:\.\d{1,6})?)\s*[%％]"
)
_AGAINST = re.compile(
    r"(?P<year>20\d\d)年[^，。；\d]{0,20}(?P<base>\d[\d,]{0,15}(?:\.\d{1,6})?)\s*(?P<unit>[万亿]{0,2}[元户人吨亩个件家])[^。；]{0,40}?"
    r"(?:达到?|完成|实现|为)\s*(?P<to>\d[\d,]{0,15}(?:\.\d{1,6})?)\s*(?P<unit2>[万亿]{0,2}[元户人吨亩个件家])(?:以上)?[，,、]\s*"
    r"(?:同比|较(?:上年|20\d\d年))?增长\s*(?P<by>\d{1,6}(?:\.\d{1,6})?)\s*[%％]"
)
_YEARLY = re.compile(r"年均(?:增长|增速|递增)")
_STOCK = re.compile(r"总量|总数|末|达到户数|存量|保有量|累计|拥有量")


def check_growth(subject: Subject) -> Iterator[Finding]:
    """All findings about growth and bases."""
    for plan in subject.plans:
        if plan.is_chronicle:
            continue
        for paragraph in plan.paragraphs:
            yield from _from_to(plan, paragraph)
            yield from _against(plan, paragraph)
            yield from _completion(plan, paragraph)
        yield from _increments(plan)
        for sheet in plan.sheets:
            yield from _below_base(plan, sheet)
            yield from _yearly(plan, sheet)
        yield from _below_statement(plan)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _whole(text: str, unit: str) -> Decimal:
    """``3.7个县`` is item 3, 7 counties: nobody counts tenths of counties."""
    return _decimal(text.rpartition(".")[2] if unit in "个户件家人" else text)


def _step(text: str) -> Decimal:
    return Decimal(1).scaleb(-len(text.partition(".")[2]))


def _from_to(plan: PlanView, paragraph: Paragraph) -> Iterator[Finding]:
    """由甲提高到乙，提高丙：the difference or the (yearly) growth must follow from both."""
    for match in _FROM_TO.finditer(paragraph.text):
        (unit, a), (unit2, b) = base_unit(match["unit"]), base_unit(match["unit2"])
        start, end, by = _decimal(match["from"]) * a, _decimal(match["to"]) * b, _decimal(match["by"])
        points = match["kind"] == "个百分点"
        if unit != unit2 or not start or points != (unit in ("%", "％")):
            continue
        if match["how"] == "年均":
            years = int(match["last"] or 0) - int(match["first"] or 0)
            if points or not 1 < years <= 20 or not match["first"]:
                continue
            computed = abs(Decimal(float(end / start) ** (1 / years)) - 1) * 100
        else:
            computed = abs(end - start) if points else abs(end - start) / start * 100
        slack = (_step(match["by"]) + _step(match["from"]) + _step(match["to"])) / 2 if points else _step(match["by"])
        if abs(computed - by) > slack:
            yield _growth(plan, paragraph, match, by, computed, "个百分点" if points else "%",
                          f"{show(start)} → {show(end)}")  # fmt: skip


def _completion(plan: PlanView, paragraph: Paragraph) -> Iterator[Finding]:
    """计划甲，实际乙，完成率丙：the rate must be their quotient."""
    for match in _DONE.finditer(paragraph.text):
        (unit, a), (unit2, b) = base_unit(match["unit"]), base_unit(match["unit2"])
        planned, done, rate = (
            _whole(match["plan"], match["unit"]) * a,
            _decimal(match["done"]) * b,
            _decimal(match["rate"]),
        )
        if unit != unit2 or not planned:
            continue
        computed = done / planned * 100
        if abs(computed - rate) <= _step(match["rate"]):
            continue
        yield finding(
            "share-amount",
            f"“{match[0][:40]}”：完成率与前两数不符。",
            [part(paragraph, match.start(), match.end())],
            plan=plan.index,
            detail=f"{show(done)} ÷ {show(planned)} = {computed:.2f}%，文中为 {show(rate)}%",
            readings=(f"{show(rate)}%", f"{computed:.2f}%"),
        )


def _against(plan: PlanView, paragraph: Paragraph) -> Iterator[Finding]:
    """某年甲……达到乙，增长丙：the growth must follow from both."""
    for match in _AGAINST.finditer(paragraph.text):
        (unit, a), (unit2, b) = base_unit(match["unit"]), base_unit(match["unit2"])
        base, target, by = _decimal(match["base"]) * a, _decimal(match["to"]) * b, _decimal(match["by"])
        if (
            unit != unit2
            or not base
            or "其中" in match[0]
            or "增长" in match[0][: match.start("by") - match.start() - 6]
        ):
            continue
        computed = (target - base) / base * 100
        slack = (_step(match["to"]) * b / base + _step(match["base"]) * a / base) * 100 + _step(match["by"])
        if abs(computed - by) > slack and abs(computed - by) < 50:
            yield _growth(plan, paragraph, match, by, computed, "%", f"({show(target)} − {show(base)}) ÷ {show(base)}")


def _growth(
    plan: PlanView, paragraph: Paragraph, match: re.Match[str], by: Decimal, computed: Decimal, unit: str, shown: str
) -> Finding:
    return finding(
        "growth-level",
        f"“{match[0][:40]}”：增幅与前后两数不符。",
        [part(paragraph, match.start(), match.end())],
        plan=plan.index,
        detail=f"{shown} = {computed:.2f}{unit}，文中为 {show(by)}{unit}",
        readings=(f"{show(by)}{unit}", f"{computed:.2f}{unit}"),
    )


def _increments(plan: PlanView) -> Iterator[Finding]:
    """In one paragraph: growth, the increase and the stock at the year's end (12.5 %, 净增1.5万户, 总量达15.2万户)."""
    by_line: dict[int, list[TargetDraft]] = {}
    for target in plan.draft.targets:
        by_line.setdefault(target.line, []).append(target)
    for targets in by_line.values():
        rates = [t for t in targets if t.unit == "%" and t.change and re.search(r"净?增长率", t.indicator)]
        for rate in rates:
            later = targets[targets.index(rate) + 1 :]
            increase = next((t for t in later if t.change and t.unit != "%" and t.indicator.startswith("净增")), None)
            if increase is None:
                continue
            stocks = (t for t in later if not t.change and t.unit == increase.unit and _STOCK.search(t.indicator))
            stock = next(stocks, None)
            if stock is None or stock.value <= increase.value:
                continue
            base = stock.value - increase.value
            computed = increase.value / base * 100
            if abs(computed - rate.value) <= max(Decimal("0.5"), rate.value / 20):
                continue
            yield finding(
                "growth-level",
                f"“{rate.text}”与“{increase.text}”“{stock.text}”不符。",
                [Place(t.spans, t.text) for t in (rate, increase, stock)],
                plan=plan.index,
                detail=f"{show(increase.value)} ÷ ({show(stock.value)} − {show(increase.value)}) = {computed:.1f}%，"
                f"文中为 {show(rate.value)}%；"
                f"按 {show(rate.value)}% 推算基数为 {show(round(increase.value / rate.value * 100, 0))}",
                readings=(f"{show(rate.value)}%", f"{computed:.1f}%"),
            )


def _base_and_target(sheet: Sheet) -> tuple[Column, Column, int] | None:
    """The columns of the earliest and the latest year of a table of indicators, and the years between."""
    years = [(int(match[1]), column) for column in sheet.columns if (match := YEAR.search(column.name))]
    years = [(year, column) for year, column in years if not column.serial]
    if len(years) < 2 or len({year for year, _ in years}) != len(years):
        return None
    first, last = min(years, key=lambda y: y[0]), max(years, key=lambda y: y[0])
    return first[1], last[1], last[0] - first[0]


def _both(row: Row, columns: tuple[Column, Column, int]) -> tuple[Figure, Figure] | None:
    base, target = row.figures[columns[0].index], row.figures[columns[1].index]
    return (base, target) if base is not None and target is not None else None


def _below_base(plan: PlanView, sheet: Sheet) -> Iterator[Finding]:
    """Rates whose target year lies below the base year, though more of them is wanted."""
    columns = _base_and_target(sheet)
    if columns is None:
        return
    for row in sheet.rows:
        label = max((c for c in row.cells if c and not c[0].isdigit()), key=len, default="")
        label = row.cells[next((c.index for c in sheet.columns if "指" in c.own and "标" in c.own), 0)] or label
        pair = _both(row, columns)
        if pair is None or not _RATE.search(label) or _DOWN.search(label):
            continue
        base, target = pair
        if target.value < base.value:
            yield finding(
                "below-base",
                f"《{sheet.title}》“{label}”的目标低于基数。",
                [sheet.place(row, columns[0].index), sheet.place(row, columns[1].index)],
                plan=plan.index,
                detail=f"{columns[0].own} {base.text}，{columns[1].own} {target.text}",
                readings=(base.text, target.text),
            )


def _yearly(plan: PlanView, sheet: Sheet) -> Iterator[Finding]:
    """Yearly growth in the text against base and target of the one row of the table that the same words name."""
    columns = _base_and_target(sheet)
    if columns is None or columns[2] < 2:
        return
    rows = [row for row in sheet.rows if row.level == "leaf" and (pair := _both(row, columns)) and pair[0].value > 0]
    for target in plan.draft.targets:
        if target.unit != "%" or not target.change or not _YEARLY.search(target.indicator + target.text):
            continue
        name = normal(target.indicator)
        fitting = [row for row in rows if _same_thing(name, row, sheet)]
        if len(fitting) != 1 or (pair := _both(fitting[0], columns)) is None:
            continue
        base, level = pair
        computed = (Decimal(float(level.value / base.value) ** (1 / columns[2])) - 1) * 100
        if abs(computed - target.value) <= max(Decimal("0.5"), target.value / 20):
            continue
        yield finding(
            "growth-level",
            f"“{target.indicator}”的年均增幅与《{sheet.title}》的基数和目标不符。",
            [Place(target.spans, target.text), sheet.place(fitting[0], columns[1].index)],
            plan=plan.index,
            detail=f"({show(level.value)} ÷ {show(base.value)})^(1/{columns[2]}) − 1 = {computed:.2f}%，"
            f"文中为 {show(target.value)}%",
            readings=(f"{show(target.value)}%", f"{computed:.2f}%"),
        )


_SUBJECT_TAIL = re.compile(r"(?:收入|产值|投资|总额|增加值|产量|面积|消费量?|支出|规模)$")


def _same_thing(name: str, row: Row, sheet: Sheet) -> bool:
    """Whether a row measures in amounts what a text calls by a longer name: the same head word and the same whom."""
    column = next((c for c in sheet.columns if re.search(r"指标|名称|项目", c.own)), None)
    label = normal(row.cells[column.index] if column is not None else row.label)
    tail = _SUBJECT_TAIL.search(label)
    if tail is None or tail[0] not in name:
        return False
    whom = label[: tail.start()]
    return len(whom) >= 2 and whom[:2] in name


def _below_statement(plan: PlanView) -> Iterator[Finding]:
    """A rate that sections on the past say was reached, above the target for it."""
    known = {statement.name: statement for statement in reached(plan) if not _DOWN.search(statement.name)}
    for target in plan.draft.targets:
        found = known.get(rate_name(target.indicator))
        if found is None or target.unit != "%" or target.change or plan.is_past(target.line):
            continue
        if target.value < found.value:
            yield finding(
                "below-base",
                f"“{target.indicator}”的目标低于已达到的水平。",
                [found.place, Place(target.spans, target.text)],
                plan=plan.index,
                detail=f"已达到 {show(found.value)}%，目标 {show(target.value)}%",
                readings=(f"{show(found.value)}%", f"{show(target.value)}%"),
            )
