"""From the cells of a row to a project: its facts, or everything that is wrong with them, in words."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.organisations.policies import authority
from luoshi.apps.organisations.queries import directory
from luoshi.apps.projects.actions.progressing import UNITS
from luoshi.apps.projects.importing.columns import FACTS, money_unit
from luoshi.apps.projects.models import Nature, Project, Sort, State
from luoshi.apps.projects.policies import KEEPERS, TERRITORIAL
from luoshi.apps.projects.twinning import among, near, sketch
from luoshi.forms import Field, FieldType, ValueProblem, parse_cell
from luoshi.pipeline import CodeProblem, is_slip, read_code

#: A number that stands by itself between blanks, inside a name: it may have slipped in from another column.
_LOOSE = re.compile(r"(?<=\s)(\d[\d,]*(?:\.\d+)?)(?=\s)")
_CJK = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_BLANKS = re.compile(rf"(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
_NUMBER = Field("total", "总投资", FieldType.NUMBER, decimals=30)
_DATE = Field("date", "日期", FieldType.DATE)
_MONTH = re.compile(r"^(20\d\d)[年./-](\d{1,2})月?$")
_STATES = {
    "谋划": State.RESERVE,
    "储备": State.RESERVE,
    "谋划储备": State.RESERVE,
    "前期": State.PREPARATION,
    "新开工": State.STARTED,
    "在建": State.CONSTRUCTION,
    "续建": State.CONSTRUCTION,
    "竣工": State.COMPLETED,
    "投产": State.COMPLETED,
    "竣工投产": State.COMPLETED,
}
_NATURES = {
    "政府": Nature.GOVERNMENT,
    "民间": Nature.PRIVATE,
    "企业": Nature.PRIVATE,
    "外商": Nature.FOREIGN,
    "外资": Nature.FOREIGN,
}


@dataclass(slots=True)
class Row:
    """One row as read. ``total`` in yuan; ``readings``: what else it may mean, the first is taken unless one is chosen.

    ``errors`` keep it from being taken over, ``warnings`` do not. ``twins``: project (0: another row), row, name,
    score, reason.
    """

    row: int
    label: str = ""
    text: str = ""
    name: str = ""
    code: str = ""
    unit: int = 0
    unit_name: str = ""
    place: str = ""
    lead: int = 0
    lead_name: str = ""
    owner: str = ""
    leader: str = ""
    industry: str = ""
    chain: str = ""
    nature: str = ""
    sort: str = Sort.INDUSTRY
    total: str = "0"
    year: str = ""
    start: str = ""
    finish: str = ""
    state: str = State.RESERVE
    longitude: str = ""
    latitude: str = ""
    content: str = ""
    readings: list[dict[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    twins: list[dict[str, Any]] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        """The total in yuan."""
        return Decimal(self.total)


def _clean(text: str) -> str:
    """A text without the blanks that a line break left between characters."""
    return _BLANKS.sub("", " ".join(text.split()))


class Reader:
    """Reads rows for one person, on one day: units are resolved once for each name."""

    def __init__(
        self, *, user: Any, top: Unit, header: Sequence[str], mapping: Mapping[str, str], day: dt.date
    ) -> None:
        self.user, self.top, self.day = user, top, day
        self.columns = {fact: heading for heading, fact in mapping.items() if fact in FACTS}
        self.units_of_money = {
            fact: money_unit(self.columns[fact]) for fact in ("total", "year") if fact in self.columns
        }
        self.units: dict[tuple[str, bool], Unit | str] = {}
        self.leads: dict[str, Unit | str] = {}

    def read(self, rows: Sequence[tuple[int, Mapping[str, str]]]) -> list[Row]:
        """All rows, with what is wrong, and which may be twins of each other or of stored projects."""
        found = [self._row(number, cells) for number, cells in rows]
        self._codes(found)
        self._twins(found)
        return found

    def _row(self, number: int, cells: Mapping[str, str]) -> Row:
        def said(fact: str) -> str:
            return cells.get(self.columns.get(fact, ""), "").strip()

        row = Row(number, label=said("label")[:20], text="　".join(text for text in cells.values() if text)[:500])
        row.industry = (said("industry") or cells.get("产业", ""))[:40]
        row.chain = (said("chain") or cells.get("产业链", ""))[:40]
        self._name(row, said("name"))
        self._money(row, said("total"), said("name"))
        self._place(row, said("unit"))
        self._lead(row, said("lead"))
        row.owner, row.leader = _clean(said("owner"))[:120], _clean(said("leader"))[:60]
        row.content = _clean(said("content"))[:2000]
        if code := said("code"):
            try:
                row.code = read_code(code)
            except CodeProblem as problem:
                row.errors.append(str(problem))
        self._choices(row, said("nature"), said("sort"), said("state"))
        row.start, row.finish = self._day(row, said("start"), "start"), self._day(row, said("finish"), "finish")
        if row.start and row.finish and row.finish < row.start:
            row.errors.append("计划竣工早于计划开工")
        if year := said("year"):
            amount = self._amount(row, year, "year")
            row.year = "" if amount is None else str(amount)
        self._coordinates(row, said("longitude"), said("latitude"))
        return row

    def _name(self, row: Row, text: str) -> None:
        row.name = _clean(text).rstrip("。；;，,")
        if not row.name:
            row.errors.append("项目名称是空的")
        elif len(row.name) > 200:
            row.errors.append("项目名称超过200字")
        if "\ufffd" in row.name:
            row.warnings.append("名称里有无法辨认的字符，入库后请更正")
            row.name = row.name.replace("\ufffd", "□")
        if row.name.endswith("项"):
            row.warnings.append("名称似乎不完整（末尾缺“目”）")

    def _amount(self, row: Row, text: str, fact: str) -> Decimal | None:
        """An amount in yuan; a cell may name its own unit of money."""
        folded = unicodedata.normalize("NFKC", text).replace(" ", "")
        unit = self.units_of_money.get(fact, "万元")
        for name in ("亿元", "万元", "元"):
            if folded.endswith(name):
                folded, unit = folded.removesuffix(name), name
                break
        try:
            number = Decimal(parse_cell(_NUMBER, folded))
        except (ValueProblem, ArithmeticError):
            row.errors.append(f"{FACTS[fact][0]}“{text[:30]}”不是数")
            return None
        if number < 0:
            row.errors.append(f"{FACTS[fact][0]}不能是负数")
            return None
        return (number * UNITS[unit]).quantize(Decimal("0.01"))

    def _money(self, row: Row, text: str, name: str) -> None:
        if not text:
            row.warnings.append("没有总投资")
            return
        amount = self._amount(row, text, "total")
        if amount is None:
            return
        row.total = str(amount)
        row.readings = [{"total": row.total, "name": row.name, "text": f"总投资读自“总投资”列：{text}"}]
        for loose in _LOOSE.findall(" ".join(name.split())):
            other = self._amount(row, loose, "total")
            if other is not None and other != amount:
                rest = _clean(name.replace(loose, " ", 1)).rstrip("。；;，,")
                row.readings.append(
                    {"total": str(other), "name": rest, "text": f"名称里单独成段的“{loose}”是总投资，“{text}”不是"}
                )
        if len(row.readings) > 1:
            row.warnings.append("这一行有两种读法，请选择")

    def _place(self, row: Row, text: str) -> None:
        row.place = _clean(text)[:120]
        if not text:
            row.errors.append("建设地点是空的")
            return
        unit = self._unit(row.place)
        if isinstance(unit, str):
            row.errors.append(unit)
        else:
            row.unit, row.unit_name = unit.pk, str(unit)
            if unit.pk == self.top.pk and row.place not in (unit.name, unit.short_name):
                row.warnings.append(f"“{row.place}”是几个县市的合称，记在{unit}名下")

    def _unit(self, name: str) -> Unit | str:
        """The territorial unit of a place's name; a group of several stands for the unit above them all."""
        known = self.units.get((name, True))
        if known is not None:
            return known
        found = directory().resolve(name, self.day)
        units = list(Unit.objects.filter(key__in=found.keys))
        answer: Unit | str
        if len(units) > 1:
            answer = self.top
        elif len(units) == 1:
            answer = units[0]
        else:
            try:
                answer = find_unit(name, Unit.objects.filter(kind__in=TERRITORIAL))
            except UnknownUnit as error:
                answer = f"建设地点：{error}"
        if isinstance(answer, Unit) and answer.kind not in TERRITORIAL:
            answer = f"建设地点“{name}”不是县市、园区或乡镇"
        self.units[name, True] = answer
        return answer

    def _lead(self, row: Row, text: str) -> None:
        if not text:
            return
        name = _clean(text)
        if name not in self.leads:
            self.leads[name] = self._department(name)
        unit = self.leads[name]
        if isinstance(unit, str):
            row.warnings.append(unit)
            row.lead_name = name
        else:
            row.lead, row.lead_name = unit.pk, str(unit)

    def _department(self, name: str) -> Unit | str:
        for text in (name, re.sub(r"[（(].*?[)）]", "", name)):
            found = directory().resolve(text, self.day)
            if len(found.keys) == 1 and (unit := Unit.objects.filter(key=found.keys[0]).first()) is not None:
                return unit
        return f"牵头单位“{name}”不在单位库中，先空着"

    def _choices(self, row: Row, nature: str, sort: str, state: str) -> None:
        if nature:
            found = next((value for word, value in _NATURES.items() if word in nature), "")
            row.nature = found
            if not found:
                row.errors.append(f"投资性质“{nature[:20]}”不明，应为政府、民间或外商投资")
        if sort:
            if "基础" in sort:
                row.sort = Sort.INFRASTRUCTURE
            elif "产业" not in sort:
                row.errors.append(f"项目类别“{sort[:20]}”不明，应为产业或基础设施")
        if state:
            words = state.removesuffix("项目库").removesuffix("库").removesuffix("阶段").removesuffix("项目")
            if words in _STATES:
                row.state = _STATES[words]
            else:
                row.errors.append(f"所在库“{state[:20]}”不明，应为谋划储备、前期、新开工、在建或竣工投产")

    def _day(self, row: Row, text: str, fact: str) -> str:
        if not text:
            return ""
        folded = unicodedata.normalize("NFKC", text).replace(" ", "")
        if month := _MONTH.match(folded):
            year, number = int(month[1]), int(month[2])
            if 1 <= number <= 12:
                # A month alone: it starts on its first day, it is finished on its last.
                first = dt.date(year, number, 1)
                following = dt.date(year + number // 12, number % 12 + 1, 1)
                return (first if fact == "start" else following - dt.timedelta(days=1)).isoformat()
        try:
            return parse_cell(_DATE, text)
        except ValueProblem as problem:
            row.errors.append(f"{FACTS[fact][0]}：{problem}")
            return ""

    def _coordinates(self, row: Row, longitude: str, latitude: str) -> None:
        if not longitude and not latitude:
            return
        try:
            east, north = Decimal(longitude), Decimal(latitude)
        except ArithmeticError:
            row.errors.append("经度和纬度应写成小数，如 101.546，且要一起填")
            return
        if abs(east) > 180 or abs(north) > 90:
            row.errors.append("经度应在±180之间，纬度应在±90之间")
            return
        row.longitude, row.latitude = str(round(east, 6)), str(round(north, 6))

    def _codes(self, rows: Sequence[Row]) -> None:
        """Codes that stand twice in the list or belong to a stored project; those that are probably slips."""
        coded = [row for row in rows if row.code]
        times = Counter(row.code for row in coded)
        stored = dict(Project.objects.filter(merged_into=None, code__in=times).values_list("code", "name"))
        for row in coded:
            if times[row.code] > 1:
                row.errors.append("项目代码在表中重复")
            elif row.code in stored:
                row.errors.append(f"项目代码与已入库的“{stored[row.code]}”相同")
        halves: dict[str, list[Row]] = {}
        for row in coded:
            halves.setdefault(row.code[:14], []).append(row)
            halves.setdefault(row.code[14:], []).append(row)
        for group in halves.values():
            for row in group[:50]:
                near_by = [other for other in group[:50] if other is not row and is_slip(row.code, other.code)]
                if near_by:
                    row.warnings.append(f"项目代码与第 {near_by[0].label or near_by[0].row} 行只差一位，请核对")

    def _twins(self, rows: Sequence[Row]) -> None:
        usable = [row for row in rows if row.name and row.unit]
        sketches = [sketch(row.name, row.total, row.unit) for row in usable]
        for first, second, why in among(sketches):
            for one, other in ((usable[first], usable[second]), (usable[second], usable[first])):
                one.twins.append(
                    {
                        "project": 0,
                        "row": other.label or str(other.row),
                        "name": other.name,
                        "score": str(why.score),
                        "reason": why.reason,
                    }
                )
        for at, found in near(sketches).items():
            for pk, name, why in found:
                usable[at].twins.append(
                    {"project": pk, "row": "", "name": name, "score": str(why.score), "reason": why.reason}
                )


def may_take(user: Any, rows: Sequence[Row]) -> list[str]:
    """What a person may not enter: rows of places and leads out of their reach, in words."""
    if user is None:
        return []
    known = authority(user)
    numbers = {number for row in rows for number in (row.unit, row.lead) if number}
    units = Unit.objects.in_bulk(numbers)
    wrong = []
    for row in rows:
        reached = any(
            number in units and known.covers(units[number], *KEEPERS) for number in (row.unit, row.lead) if number
        )
        if not reached:
            wrong.append(f"第 {row.label or row.row} 行：{row.unit_name}不在您负责的范围内")
    return wrong


def top_of(unit: Unit) -> Unit:
    """The prefecture of a unit, else the highest unit above it: where a project that crosses counties stands."""
    if unit.kind == UnitKind.PREFECTURE:
        return unit
    paths = [unit.path[:depth] for depth in range(Unit.steplen, len(unit.path), Unit.steplen)]
    above = list(Unit.objects.filter(path__in=paths).order_by("path"))
    return next((one for one in reversed(above) if one.kind == UnitKind.PREFECTURE), above[0] if above else unit)
