"""Lateness and supervision in words and tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from luoshi.apps.bulletins.composing.base import Scene, Texts, names, scope_of
from luoshi.apps.bulletins.snapshot import Json
from luoshi.periods import Period
from luoshi.publishing import Align, Chart, Column, Kind, Paragraphs, Series, Table, Value, Words, words
from luoshi.publishing.sentences import Group, Member, parted

_ZONE = dt.timezone(dt.timedelta(hours=8))


def _sum(scene: Scene, rows: Sequence[Json], name: str, what: str) -> Words:
    return words(scene.count(sum(row[name] for row in rows), what, "各单位合计", unit=scene.owner))


def _day(text: str | None) -> str:
    return "—" if text is None else f"{dt.datetime.fromisoformat(text).astimezone(_ZONE):%Y-%m-%d %H:%M}"


# 未报迟报


def lateness_blocks(scene: Scene) -> Texts:
    """Who reported, who is named."""
    units = scene.snapshot["units"]
    missing = [unit for unit in units if unit["missing"]]
    late = [unit for unit in units if unit["late"] and not unit["missing"]]
    good = [unit for unit in units if not unit["late"] and not unit["missing"]]
    first: list[Words | str] = [f"{scene.period.label}应报", _sum(scene, units, "asked", "应报份数"), "份"]
    for name, what in (("on_time", "按时报送"), ("late", "迟报"), ("missing", "未报")):
        if any(unit[name] for unit in units):
            first += [f"，{what}", _sum(scene, units, name, f"{what}份数"), "份"]
    groups = [
        Group(
            "按时报送的",
            "按时报送",
            tuple(Member(unit["name"]) for unit in good),
            scene.counting("单位个数", "按时报送的单位计数"),
        ),
        Group(
            "迟报的", "迟报", tuple(Member(unit["name"]) for unit in late), scene.counting("单位个数", "迟报的单位计数")
        ),
        Group(
            "未报的",
            "未报送",
            tuple(Member(unit["name"]) for unit in missing),
            scene.counting("单位个数", "未报的单位计数"),
        ),
    ]
    overall = [words(*first, "。"), parted(scope_of(units), groups, scene.counting("单位个数", "应报送的单位计数"))]
    named: list[Words] = []
    for title, rows, name, year in (
        ("未报", missing, "missing", "year_missing"),
        ("迟报", [u for u in units if u["late"]], "late", "year_late"),
    ):
        if not rows:
            continue
        parts: list[Words | str] = [f"点名通报{title}单位："]
        for place, unit in enumerate(rows):
            again = unit[year] > unit[name]
            count = scene.count(unit[name], f"{title}份数", "本期计数", unit=unit["name"])
            total = scene.count(unit[year], f"{title}份数", f"{scene.period.year}年累计", unit=unit["name"])
            tail: list[Words | str] = [
                "（",
                words(count),
                "份",
                *(["，今年累计", words(total), "份"] if again else []),
                "）",
            ]
            parts += ["、" if place else "", unit["name"], *tail]
        named.append(words(*parts, "。"))
    parts = (["未报单位立即补报并说明原因"] if missing else []) + (
        ["迟报单位查明原因、落实专人"] if named and any(u["late"] for u in units) else []
    )
    demand = f"请{'，'.join(parts)}，严格按规定时限报送。" if parts else "各单位均按时报送，请继续保持。"
    return {"报送情况": overall, "点名通报": named, "工作要求": [words(demand)]}


def lateness_values(scene: Scene) -> dict[str, Value]:
    """The tables of those named and of all, the list for templates."""
    snapshot = scene.snapshot
    rows = tuple(
        (
            words(one["name"]),
            words(one["form"]),
            words(Period.parse(one["period"]).label),
            words("未报" if one["mark"] == "missing" else "迟报"),
            words(_day(one["due"])),
            words(_day(one["came"])),
        )
        for one in snapshot["named"][:1500]
    )
    columns = tuple(
        Column(name, Align.LEFT if name in ("单位", "报表") else Align.CENTRE)
        for name in ("单位", "报表", "期别", "情况", "截止时间", "报送时间")
    )
    labels = (
        ("asked", "应报"),
        ("on_time", "按时"),
        ("late", "迟报"),
        ("missing", "未报"),
        ("year_late", "今年迟报"),
        ("year_missing", "今年未报"),
    )
    units = tuple(
        (
            words(unit["name"]),
            *(words(scene.count(unit[name], f"{label}份数", "计数", unit=unit["name"])) for name, label in labels),
        )
        for unit in snapshot["units"]
    )
    return {
        "未报迟报表": Table(columns, rows, title="未报、迟报单位一览表") if rows else Paragraphs(()),
        "报送情况表": Table(
            (Column("单位", Align.LEFT), *(Column(label) for _, label in labels)),
            units,
            title="各单位报送情况表",
            measure="单位：份",
        ),
        "有未报": any(unit["missing"] for unit in snapshot["units"]),
        "有迟报": any(unit["late"] for unit in snapshot["units"]),
    }


# 督查结果


def orders_blocks(scene: Scene) -> Texts:
    """What was closed, what is overdue, who was sent back."""
    units = scene.snapshot["units"]
    first: list[Words | str] = [f"{scene.period.label}在办督办件", _sum(scene, units, "all", "督办件数"), "件"]
    for name, what in (
        ("given", "本期交办"),
        ("closed", "已销号"),
        ("open", "正在办理"),
        ("overdue", "逾期未办结"),
        ("sent_back", "退回重办"),
        ("extended", "批准延期"),
    ):
        if any(unit[name] for unit in units):
            first += [f"，{what}", _sum(scene, units, name, f"{what}件数"), "次" if name == "sent_back" else "件"]
    all_closed = [unit for unit in units if not unit["open"]]
    overdue = [unit for unit in units if unit["overdue"]]
    rest = [unit for unit in units if unit["open"] and not unit["overdue"]]
    groups = [
        Group(
            "全部销号的",
            "全部销号",
            tuple(Member(unit["name"]) for unit in all_closed),
            scene.counting("单位个数", "督办件全部销号的单位计数"),
        ),
        Group(
            "按期办理中的",
            "按期办理",
            tuple(Member(unit["name"]) for unit in rest),
            scene.counting("单位个数", "有在办件且无逾期的单位计数"),
        ),
        Group(
            "有逾期件的",
            "有逾期件",
            tuple(Member(unit["name"]) for unit in overdue),
            scene.counting("单位个数", "有逾期件的单位计数"),
        ),
    ]
    kind = scope_of(units)
    overall = [
        words(*first, "。"),
        parted("承办单位" if kind == "单位" else kind, groups, scene.counting("单位个数", "承办单位计数")),
    ]
    late = [one for one in scene.snapshot["orders"] if one["overdue"]]
    named = (
        [words("逾期未办结的督办件：", "；".join(f"{one['name']}《{one['title']}》" for one in late[:20]), "。")]
        if late
        else []
    )
    back = [unit for unit in units if unit["sent_back"]]
    if back:
        named.append(words(f"办理质量不高、被退回重办的单位：{names(back)}。"))
    demand = words("请有逾期件的单位主要负责同志亲自过问，限期办结；其他单位按时限要求推进，办结一件、销号一件。")
    good = words("请各承办单位继续按时限要求推进，办结一件、销号一件。")
    return {"督查情况": overall, "存在问题": named, "工作要求": [demand if late else good]}


def orders_values(scene: Scene) -> dict[str, Value]:
    """The tables of units and orders, a chart of what is open and closed."""
    units, orders = scene.snapshot["units"], scene.snapshot["orders"]
    labels = (
        ("all", "督办件"),
        ("given", "本期交办"),
        ("closed", "已销号"),
        ("closed_in_time", "按期销号"),
        ("open", "在办"),
        ("overdue", "逾期"),
        ("sent_back", "退回"),
        ("extended", "延期"),
    )

    def counted(unit: Json, name: str, label: str) -> Words:
        return words(scene.count(unit[name], f"{label}件数", "计数", unit=unit["name"]))

    table = Table(
        (Column("单位", Align.LEFT), *(Column(label) for _, label in labels)),
        tuple((words(unit["name"]), *(counted(unit, name, label) for name, label in labels)) for unit in units),
        title="各单位督办件办理情况表",
        measure="单位：件",
    )
    columns = tuple(
        Column(name, Align.LEFT if name in ("承办单位", "事项") else Align.CENTRE)
        for name in ("编号", "承办单位", "事项", "时限", "办理情况")
    )
    rows = tuple(
        (
            words(one["number"]),
            words(one["name"]),
            words(one["title"][:60]),
            words(_day(one["due"])[:10]),
            words(f"{one['words']}，逾期" if one["overdue"] else one["words"]),
        )
        for one in orders[:600]
    )
    chart: Chart | Paragraphs = Paragraphs(())
    shown = units[:20]
    if len(shown) > 1:
        series = tuple(
            Series(label, tuple(scene.count(unit[name], f"{label}件数", "计数", unit=unit["name"]) for unit in shown))
            for name, label in (("closed", "已销号"), ("open", "在办"), ("overdue", "逾期"))
        )
        chart = Chart("各单位督办件办理情况", tuple(unit["name"] for unit in shown), series, Kind.COLUMNS, "件", 0)
    return {
        "督办情况表": table,
        "督办件表": Table(columns, rows, title="督办件一览表"),
        "督办图": chart,
        "有逾期": any(unit["overdue"] for unit in units),
    }
