"""Tables and charts of targets: as a whole, by unit, who is behind, who ranks where."""

from __future__ import annotations

from decimal import Decimal

from luoshi.apps.bulletins.composing.base import LIGHT_COLOURS, Scene, amount, part, reference
from luoshi.apps.bulletins.composing.targets import OF_DUE, OF_GOAL, SLOW, by_unit, members_of, titles
from luoshi.apps.bulletins.snapshot import Json, number_of
from luoshi.publishing import Align, Chart, Column, Figure, Kind, Paragraphs, Series, Table, Value, words
from luoshi.publishing.sentences import Member, ranks


def summary_table(scene: Scene) -> Table | Paragraphs:
    """The targets as a whole."""
    columns = (
        Column("目标", Align.LEFT),
        Column("档次", Align.CENTRE),
        Column("全年目标", Align.RIGHT),
        Column("应达", Align.RIGHT),
        Column("完成", Align.RIGHT),
        Column("完成率（%）", Align.RIGHT),
        Column("进度", Align.CENTRE),
    )
    rows = []
    for title, target in zip(titles(scene.snapshot["targets"]), scene.snapshot["targets"], strict=True):
        row = target["whole"]
        rows.append(
            (
                words(title),
                words(target["tier"]),
                amount(scene, target, row, "goal"),
                amount(scene, target, row, "expected", "时序进度×目标数"),
                words("未报") if row["actual"] is None else amount(scene, target, row, "actual"),
                words(part(scene, target, row, "completion", OF_GOAL) or "—"),
                words(row["words"]),
            )
        )
    return Table(columns, tuple(rows), title=f"{scene.owner}{scene.period.label}目标完成情况表")


def units_table(scene: Scene) -> Table | Paragraphs:
    """How many of its targets each unit keeps up with."""
    units = by_unit(scene.snapshot["targets"])
    if not units:
        return Paragraphs(())
    columns = (
        Column("单位", Align.LEFT),
        Column("目标数"),
        *(Column(word) for word in ("已完成", "达到进度", "略慢", "滞后", "未报")),
    )
    rows = []
    for pairs in units.values():
        name = pairs[0][1]["name"]
        cells = [scene.count(len(pairs), "目标项数", "承担的目标计数", unit=name)]
        for light in ("blue", "green", "yellow", "red", "grey"):
            count = sum(row["light"] == light for _, row in pairs)
            cells.append(scene.count(count, "目标项数", "按进度计数", unit=name))
        rows.append((words(name), *(words(cell) for cell in cells)))
    return Table(columns, tuple(rows), title="各单位目标进度情况表", measure="单位：项")


def behind_table(scene: Scene) -> Table | Paragraphs:
    """Every unit's target that is behind or not reported."""
    targets = scene.snapshot["targets"]
    rows = []
    for title, target in zip(titles(targets), targets, strict=True):
        for row in target["units"]:
            if row["light"] not in ("yellow", "red", "grey"):
                continue
            rows.append(
                (
                    words(row["name"]),
                    words(title),
                    amount(scene, target, row, "goal"),
                    amount(scene, target, row, "expected", "时序进度×目标数"),
                    words("未报") if row["actual"] is None else amount(scene, target, row, "actual"),
                    words(part(scene, target, row, "ratio", OF_DUE) or "—"),
                    words(row["words"]),
                )
            )
    if not rows:
        return Paragraphs(())
    columns = (
        Column("单位", Align.LEFT),
        Column("目标", Align.LEFT),
        Column("目标值", Align.RIGHT),
        Column("应达", Align.RIGHT),
        Column("完成", Align.RIGHT),
        Column("占应达（%）", Align.RIGHT),
        Column("进度", Align.CENTRE),
    )
    return Table(columns, tuple(rows[:600]), title="慢于时序进度和未报单位一览表")


def ranking_table(scene: Scene) -> Table | Paragraphs:
    """The units by completion, with the place of the period before."""
    targets = scene.snapshot["targets"]
    several = len(targets) > 1
    rows = []
    for title, target in zip(titles(targets), targets, strict=True):
        by_name = {row["name"]: row for row in target["units"]}
        then = {
            member.name: place
            for place, member in ranks(
                [Member(row["name"], _before(target, row)) for row in target["units"]], descending=True
            )
        }
        placed = ranks(members_of(scene, target))
        for place, member in placed:
            row = by_name[member.name]
            was = then.get(member.name)
            known = reference(target, row, "按完成率由高到低排位", scene.period.label)
            rows.append(
                (
                    *((words(title),) if several else ()),
                    words(Figure(str(place), known, Decimal(place))),
                    words(member.name),
                    amount(scene, target, row, "goal"),
                    amount(scene, target, row, "actual"),
                    words(member.figure or "—"),
                    words(Figure(str(was), known, Decimal(was)) if was is not None else "—"),
                )
            )
        for row in target["units"]:
            if row["name"] not in {member.name for _, member in placed}:
                state = "未报" if row["actual"] is None else "不排位"
                cells = (
                    words("—"),
                    words(row["name"]),
                    amount(scene, target, row, "goal"),
                    words(state),
                    words("—"),
                    words("—"),
                )
                rows.append(((words(title),) if several else ()) + cells)
    if not rows:
        return Paragraphs(())
    columns = (
        *((Column("目标", Align.LEFT),) if several else ()),
        Column("位次", Align.CENTRE),
        Column("单位", Align.LEFT),
        Column("目标值", Align.RIGHT),
        Column("完成", Align.RIGHT),
        Column("完成率（%）", Align.RIGHT),
        Column("上期位次", Align.CENTRE),
    )
    return Table(columns, tuple(rows[:1500]), title=f"{scene.period.label}完成率排名表")


def _before(target: Json, row: Json) -> Figure | None:
    value = number_of(row["before"]["completion"]) if row["before"] else None
    return None if value is None else Figure("", reference(target, row), value)


def completion_chart(scene: Scene) -> Chart | Paragraphs:
    """Completion: of the targets as a whole where there are several, else of the units."""
    targets = scene.snapshot["targets"]
    if len(targets) > 1:
        pairs = [(title, target, target["whole"]) for title, target in zip(titles(targets), targets, strict=True)]
    else:
        pairs = [(row["name"], targets[0], row) for row in targets[0]["units"]]
    pairs = [pair for pair in pairs if pair[2]["goal"] is not None and pair[2]["light"]][:30]
    if len(pairs) < 2:
        return Paragraphs(())
    values = tuple(part(scene, target, row, "completion", OF_GOAL) for _, target, row in pairs)
    name = f"{scene.period.label}各{'项目标' if len(targets) > 1 else '单位'}完成率"
    return Chart(
        name,
        tuple(title if len(title) <= 14 else f"{title[:13]}…" for title, _, _ in pairs),
        (Series("完成率", values),),
        Kind.BARS if len(pairs) > 6 else Kind.COLUMNS,
        "%",
        1,
        tuple(LIGHT_COLOURS[row["light"]] for _, _, row in pairs),
        height=max(70, min(180, 12 + 9 * len(pairs))),
    )


def values(scene: Scene) -> dict[str, Value]:
    """Tables, charts and conditions."""
    rows = [row for target in scene.snapshot["targets"] for row in target["units"]]
    return {
        "目标完成表": summary_table(scene),
        "单位进度表": units_table(scene),
        "滞后未报表": behind_table(scene),
        "排名表": ranking_table(scene),
        "完成率图": completion_chart(scene),
        "有滞后": any(row["light"] in SLOW for row in rows),
        "有未报": any(row["light"] == "grey" for row in rows),
    }
