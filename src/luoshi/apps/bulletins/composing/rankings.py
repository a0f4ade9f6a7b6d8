"""A ranking by points in words, a table and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from luoshi.apps.bulletins.composing.base import Scene, Texts, scope_of
from luoshi.apps.bulletins.snapshot import Json, number_of
from luoshi.publishing import (
    Align,
    Chart,
    Column,
    Figure,
    Kind,
    Paragraphs,
    Reference,
    Series,
    Table,
    Value,
    Words,
    words,
)
from luoshi.publishing.sentences import Member, ends

_TWO = Decimal("0.01")
MOST_ROWS, MOST_BARS = 1500, 30


def _known(scene: Scene, row: Json, what: str, rule: str) -> Reference:
    ranking = scene.snapshot["ranking"]
    return Reference(what, row["name"], scene.period.label, "分", ranking["title"], ranking["reference"], rule)


def _points(scene: Scene, row: Json, value: str | None, what: str = "总分") -> Figure | None:
    number = number_of(value)
    if number is None:
        return None
    shown = number.quantize(_TWO, ROUND_HALF_UP)
    return Figure(f"{shown}", _known(scene, row, what, "按评分办法计分，四舍五入到两位"), number)


def _place(scene: Scene, row: Json, rank: int, rule: str) -> Figure:
    return Figure(str(rank), _known(scene, row, "名次", rule), Decimal(rank))


def _groups(scene: Scene) -> list[tuple[str, list[Json]]]:
    found: dict[str, list[Json]] = {}
    for row in scene.snapshot["units"]:
        found.setdefault(row["group"], []).append(row)
    return list(found.items())


def ranking_words(scene: Scene) -> list[Words]:
    """Who is first and last, who moved most, who was not ranked."""
    lines: list[Words] = []
    for group, rows in _groups(scene):
        ranked = [row for row in rows if row["rank"]]
        members = [Member(row["name"], _points(scene, row, row["total"])) for row in ranked]
        head = f"{group}：" if group else ""
        count = scene.count(len(ranked), "单位个数", "参加排名的单位计数")
        lines.append(words(head, scope_of(rows), "共", count, "个单位参加排名。", ends(members, "总分", measure="分")))
        moved = sorted(
            (row for row in ranked if row["before"] and row["before"] != row["rank"]),
            key=lambda row: (-abs(row["before"] - row["rank"]), row["name"]),
        )
        if moved:
            lines.append(words("与上期相比，", *_moved(scene, moved[:3]), "。"))
        aside = [row["name"] for row in rows if not row["rank"]]
        if aside:
            lines.append(words(f"{'、'.join(aside)}不参加排名。"))
    return lines


def _moved(scene: Scene, rows: Sequence[Json]) -> list[Words | str]:
    said: list[Words | str] = []
    for at, row in enumerate(rows):
        verb = "上升到" if row["rank"] < row["before"] else "下降到"
        before = _place(scene, row, row["before"], "上期名次")
        now = _place(scene, row, row["rank"], "按总分由高到低排位")
        said += ["；" if at else "", words(f"{row['name']}由第", before, f"名{verb}第", now, "名")]
    return said


def blocks(scene: Scene) -> Texts:
    """The texts that may be worded otherwise."""
    demand = words("请排名靠后的单位对照各项得分认真查找差距，制定措施、迎头赶上；排名靠前的单位保持力度、再接再厉。")
    return {"排名情况": ranking_words(scene), "工作要求": [demand]}


def table(scene: Scene) -> Table | Paragraphs:
    """Everyone's place, total, points by group of items."""
    columns: list[str] = scene.snapshot["ranking"]["columns"]
    several = len(_groups(scene)) > 1
    rows = []
    for group, found in _groups(scene):
        for row in found:
            was = _place(scene, row, row["before"], "上期名次") if row["before"] else "—"
            cells = (
                words(_place(scene, row, row["rank"], "按总分由高到低排位") if row["rank"] else "—"),
                words(row["name"]),
                words(_points(scene, row, row["total"]) or "—"),
                *(
                    words(_points(scene, row, value, title) or "—")
                    for title, value in zip(columns, row["points"], strict=True)
                ),
                words(was),
                words(row["words"] or "—"),
            )
            rows.append(((words(group),) if several else ()) + cells)
    heads = (
        *((Column("组别", Align.LEFT),) if several else ()),
        Column("名次", Align.CENTRE),
        Column("单位", Align.LEFT),
        Column("总分", Align.RIGHT),
        *(Column(title, Align.RIGHT) for title in columns),
        Column("上期名次", Align.CENTRE),
        Column("情况", Align.LEFT),
    )
    title = f"{scene.period.label}{scene.snapshot['ranking']['title']}排名表"
    return Table(heads, tuple(rows[:MOST_ROWS]), title=title, measure="单位：分")


def beside(scene: Scene) -> Table | Paragraphs:
    """Other figures of the same units; units that are counted by other figures stand below, under their own heads."""
    tables: list[Json] = scene.snapshot["ranking"].get("beside", [])
    if not tables:
        return Paragraphs(())
    first, *others = tables
    heads = tuple(Column(f"{one['title']}（{one['measure']}）", Align.RIGHT) for one in first["columns"])
    rows = [*_beside_rows(scene, first)]
    for table in others:
        names = (words(f"{one['title']}（{one['measure']}）") for one in table["columns"])
        rows += [(words("单位"), *names), *_beside_rows(scene, table)]
    title = f"{scene.period.label}{'、'.join(dict.fromkeys(one['title'] for one in tables))}"
    return Table((Column("单位", Align.LEFT), *heads), tuple(rows[:MOST_ROWS]), title=title)


def _beside_rows(scene: Scene, table: Json) -> list[tuple[Words, ...]]:
    reference = scene.snapshot["ranking"]["reference"]
    found = []
    for row in table["rows"]:
        cells = []
        for column, value in zip(table["columns"], row["values"], strict=True):
            known = Reference(
                column["title"], row["name"], scene.period.label, column["measure"], "台账", reference, column["rule"]
            )
            kept = number_of(value)
            cells.append(words("—" if kept is None else Figure(f"{kept:,f}", known, kept)))
        found.append((words(row["name"]), *cells))
    return found


def chart(scene: Scene) -> Chart | Paragraphs:
    """Totals as bars."""
    rows = [row for row in scene.snapshot["units"] if row["rank"]][:MOST_BARS]
    if len(rows) < 2:
        return Paragraphs(())
    values = tuple(_points(scene, row, row["total"]) for row in rows)
    name = f"{scene.period.label}{scene.snapshot['ranking']['title']}得分"
    kind = Kind.BARS if len(rows) > 6 else Kind.COLUMNS
    height = max(70, min(180, 12 + 9 * len(rows)))
    return Chart(name, tuple(row["name"][:14] for row in rows), (Series("总分", values),), kind, "分", 2, height=height)


def values(scene: Scene) -> dict[str, Value]:
    """What a template of a ranking may name; tables of targets are empty."""
    none = Paragraphs(())
    return {
        "目标完成表": none,
        "单位进度表": none,
        "滞后未报表": none,
        "排名表": table(scene),
        "主要指标表": beside(scene),
        "完成率图": chart(scene),
        "有滞后": False,
        "有未报": any("未报" in row["words"] for row in scene.snapshot["units"]),
    }
