"""Units, people and publications of the invented prefecture 云岭州, for the tests of plans and of the API."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from luoshi.apps.accounts.models import User
from luoshi.apps.organisations.models import Membership, Role, Unit
from luoshi.apps.plans.models import SourceDocument
from luoshi.apps.plans.publication import (
    Publication,
    PublishedDeadline,
    PublishedMeasure,
    PublishedResponsibility,
    PublishedTable,
    PublishedTarget,
)


@dataclass(frozen=True)
class Prefecture:
    """A prefecture with two counties and two departments, each department of a county below its county."""

    state: Unit  # 云岭州
    north: Unit  # 北川县
    south: Unit  # 南屏县
    north_farm: Unit  # 北川县农业农村局
    farm: Unit  # 州农业农村局
    trade: Unit  # 州商务局


def make_prefecture() -> Prefecture:
    """The units, stored."""
    state = Unit.objects.add_root(
        {"key": "yunling", "name": "云岭州人民政府", "short_name": "云岭州", "kind": "prefecture"}
    )

    def below(parent: Unit, key: str, name: str, short: str, kind: str) -> Unit:
        values = {"key": key, "name": name, "short_name": short, "kind": kind}
        return Unit.objects.add_child(Unit.objects.get(pk=parent.pk), values)

    north = below(state, "north", "北川县人民政府", "北川县", "county")
    south = below(state, "south", "南屏县人民政府", "南屏县", "county")
    farm = below(state, "farm", "云岭州农业农村局", "州农业农村局", "prefecture-department")
    trade = below(state, "trade", "云岭州商务局", "州商务局", "prefecture-department")
    north_farm = below(north, "north-farm", "北川县农业农村局", "北川县农业农村局", "county-department")
    return Prefecture(state, north, south, north_farm, farm, trade)


def make_user(name: str, *roles: tuple[Role, Unit]) -> User:
    """A person with roles in units."""
    user = User.objects.create_user(username=name, password="云岭-pass-1", display_name=name)
    Membership.objects.bulk_create(Membership(user=user, role=role, unit=unit) for role, unit in roles)
    return user


def fresh(user: User) -> User:
    """The person as the next request sees them: nothing remembered."""
    return User.objects.get(pk=user.pk)


def make_document(name: str = "云岭州要点.txt", text: str = "", lines: int = 200) -> SourceDocument:
    """A stored text document."""
    text = text or "\n".join(f"第{number}行：{name}的正文，各县市照此办理。" for number in range(1, lines + 1))
    content = text.encode()
    document = SourceDocument(
        name=name,
        format="txt",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        text=text,
        line_count=text.count("\n") + 1,
    )
    document.file.save(name, ContentFile(content))
    return document


def measure(key: str, labels: tuple[str, ...], title: str, **values: Any) -> PublishedMeasure:
    """A measure as read."""
    values = {"text": f"{labels[-1]}{title}", "line": 1, "origin": "extracted", "is_task": True} | values
    values.setdefault("spans", ((values["line"], 0, len(values["text"])),))
    return PublishedMeasure(key=key, labels=labels, title=title, **values)


def target(measure_key: str, indicator: str, value: str, **values: Any) -> PublishedTarget:
    """A target as read."""
    defaults = {
        "text": f"{indicator}{value}",
        "line": 1,
        "origin": "extracted",
        "comparator": ">=",
        "value_max": None,
        "unit_of_measure": "户",
        "change": False,
        "falling": False,
        "year": 2026,
        "rule": "target.test",
        "certainty": 0.9,
    }
    values = defaults | values
    values.setdefault("spans", ((values["line"], 0, len(values["text"])),))
    return PublishedTarget(measure_key=measure_key, indicator=indicator, value=Decimal(value), **values)


def duty(measure_key: str, role: str, name: str, *units: Unit, **values: Any) -> PublishedResponsibility:
    """A responsibility as read."""
    values = {"text": f"（{name}负责）", "line": 1, "origin": "extracted"} | values
    values.setdefault("spans", ((values["line"], 0, len(values["text"])),))
    return PublishedResponsibility(
        measure_key=measure_key, role=role, name=name, unit_ids=tuple(unit.pk for unit in units), **values
    )


def deadline(measure_key: str, date: dt.date | None = dt.date(2026, 12, 31), **values: Any) -> PublishedDeadline:
    """A deadline as read."""
    defaults = {
        "text": "年底前",
        "line": 1,
        "origin": "extracted",
        "rule_kind": "date",
        "day": None,
        "days": None,
        "working": False,
    }
    values = defaults | values
    values.setdefault("spans", ((values["line"], 0, len(values["text"])),))
    return PublishedDeadline(measure_key=measure_key, date=date, **values)


def table(title: str, *rows: tuple[str, ...], **values: Any) -> PublishedTable:
    """An annex table as read."""
    values = {"text": title, "line": 100, "line_end": 110, "origin": "extracted", "header": ("指标", "数量")} | values
    values.setdefault("spans", ((values["line"], 0, len(title)),))
    return PublishedTable(title=title, rows=rows, **values)


def publication(owner: Unit, document: SourceDocument, **parts: Any) -> Publication:
    """A whole publication with the given parts."""
    defaults = {
        "title": "云岭州2026年乡村产业提升方案",
        "number": "云政发〔2026〕1号",
        "issued_on": dt.date(2026, 1, 15),
        "year": 2026,
        "last_year": None,
        "first_line": 1,
        "last_line": document.line_count,
        "measures": (),
        "targets": (),
        "responsibilities": (),
        "deadlines": (),
        "tables": (),
    }
    return Publication(owner_id=owner.pk, document_id=document.pk, **(defaults | parts))


def sample(units: Prefecture, document: SourceDocument, **changes: Any) -> Publication:
    """Two headings with four tasks: farm office and county offices do the first, the trade office the second."""
    parts: dict[str, Any] = {
        "measures": (
            measure("0001", ("一、",), "做强高原特色农业", is_task=False, line=3),
            measure("0001.0001", ("一、", "（一）"), "扩大冷凉蔬菜基地，建设标准园", line=4),
            measure("0001.0001.0001", ("一、", "（一）", "1."), "建设育苗中心", line=5),
            measure("0001.0002", ("一、", "（二）"), "培育新型经营主体", line=8),
            measure("0002", ("二、",), "扩大对外开放", is_task=False, line=10),
            measure("0002.0001", ("二、", "（一）"), "开展产业链招商", line=11),
        ),
        "targets": (
            target("0001.0001", "冷凉蔬菜标准园", "12", unit_of_measure="个", line=4),
            target("0001.0001.0001", "育苗中心", "3", unit_of_measure="个", line=5),
            target("0001.0002", "新增家庭农场", "1500", change=True, line=8),
            target("0002.0001", "州外到位资金增长", "15", unit_of_measure="%", change=True, line=11),
        ),
        "responsibilities": (
            duty("0001.0001", "lead", "州农业农村局", units.farm, line=4),
            duty("0001.0001", "supporting", "北川县农业农村局", units.north_farm, line=4),
            duty("0001.0002", "lead", "州农业农村局", units.farm, line=8),
            duty("0001.0002", "responsible", "各县人民政府", units.north, units.south, line=8),
            duty("0002.0001", "lead", "州商务局", units.trade, line=11),
        ),
        "deadlines": (
            deadline("0001.0001", dt.date(2026, 9, 30), text="9月底前", line=4),
            deadline("0002.0001", None, rule_kind="monthly", day=5, text="每月5日前", line=11),
        ),
        "tables": (table("目标分解表", ("北川县", "700"), ("南屏县", "800")),),
    }
    return publication(units.state, document, **(parts | changes))
