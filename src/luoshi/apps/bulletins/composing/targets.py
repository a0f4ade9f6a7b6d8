"""Progress, commentary and ranking of targets in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from luoshi.apps.bulletins.composing.base import (
    Scene,
    Texts,
    amount,
    part,
    reference,
    scope_of,
)
from luoshi.apps.bulletins.snapshot import Json, number_of
from luoshi.publishing import (
    Words,
    joined,
    words,
)
from luoshi.publishing.sentences import Group, Member, against_schedule, change, ends, moved, parted

DONE, SLOW = ("blue", "green"), ("yellow", "red")
OF_GOAL, OF_DUE = "完成数÷目标数", "完成数÷应达数"
#: (light, said of some, said of all) of a target as a whole or of a unit.
_LIGHTS = (
    (("blue",), "已完成全年目标的", "已完成全年目标"),
    (("green",), "达到时序进度的", "达到时序进度"),
    (("yellow",), "略慢于时序进度的", "略慢于时序进度"),
    (("red",), "滞后于时序进度的", "滞后于时序进度"),
    (("grey",), "未报数据的", "未报数据"),
)
MOST_NAMED = 8  # of those that are far behind


def _judged(rows: Sequence[Json]) -> list[Json]:
    return [row for row in rows if row["light"]]


def _groups(
    scene: Scene, rows: Sequence[tuple[str, str]], what: str, names: Sequence[tuple[Sequence[str], str, str]]
) -> list[Group]:
    """(name, light) parted by light."""
    return [
        Group(
            some,
            every,
            tuple(Member(name) for name, light in rows if light in lights),
            scene.counting(what, f"按进度计数：{every}"),
        )
        for lights, some, every in names
    ]


def by_unit(targets: Sequence[Json]) -> dict[str, list[tuple[Json, Json]]]:
    """(target, row) of every unit that has a light, in the order in which units come."""
    found: dict[str, list[tuple[Json, Json]]] = {}
    for target in targets:
        for row in _judged(target["units"]):
            found.setdefault(row["key"], []).append((target, row))
    return found


def titles(targets: Sequence[Json]) -> list[str]:
    """The targets' names, told apart by their tier or a number where two are alike."""
    seen: dict[str, int] = {}
    made = []
    for target in targets:
        name = target["indicator"]
        alike = sum(other["indicator"] == name for other in targets)
        if alike > 1:
            tier = f"（{target['tier']}）"
            seen[name + tier] = seen.get(name + tier, 0) + 1
            name += tier + (f"之{seen[name + tier]}" if seen[name + tier] > 1 else "")
        made.append(name)
    return made


def overall(scene: Scene) -> list[Words]:
    """How the targets stand as a whole, and how many units keep up with all of theirs."""
    targets = scene.snapshot["targets"]
    lines: list[Words] = []
    wholes = [(name, target["whole"]["light"]) for name, target in zip(titles(targets), targets, strict=True)]
    judged = [(name, light) for name, light in wholes if light]
    if judged:
        groups = _groups(scene, judged, "目标项数", _LIGHTS)
        total = scene.counting("目标项数", "有进度的目标计数")
        said = parted("目标", groups, total, count_word="项")
        lines.append(words(f"{scene.when}，", "通报的" if len(judged) > 1 else "", said))
    units = by_unit(targets)
    if len(targets) > 1 and units:
        rows = []
        for pairs in units.values():
            lights = {row["light"] for _, row in pairs}
            name = pairs[0][1]["name"]
            rows.append((name, "red" if lights & set(SLOW) else "grey" if "grey" in lights else "green"))
        kinds = [pairs[0][1] for pairs in units.values()]
        names = (
            (("green",), "各项目标均达到时序进度的", "各项目标均达到时序进度"),
            (("red",), "有目标慢于时序进度的", "有目标慢于时序进度"),
            (("grey",), "有目标未报数据的", "有目标未报数据"),
        )
        total = scene.counting("单位个数", "承担目标的单位计数")
        lines.append(parted(scope_of(kinds), _groups(scene, rows, "单位个数", names), total))
    return lines


def one_by_one(scene: Scene) -> list[Words]:
    """A paragraph for each target: the whole, the units, the best and the last."""
    targets = scene.snapshot["targets"]
    lines = []
    for place, (title, target) in enumerate(zip(titles(targets), targets, strict=True), 1):
        head = f"{place}. {title}。" if len(targets) > 1 else f"{title}。"
        whole = _whole(scene, target)
        units = words(_units(scene, target))
        if whole or units:
            lines.append(words(head, whole, units))
    return lines


def _whole(scene: Scene, target: Json) -> Words:
    row = target["whole"]
    if row["goal"] is None and row["actual"] is None:
        return ()
    if row["actual"] is None:
        return words(scene.owner, "本期未报。")
    reached = amount(scene, target, row, "actual")
    pieces: list[Words | str] = [f"{row['name']}完成" if target["growing"] else f"{row['name']}为", reached]
    completion = part(scene, target, row, "completion", OF_GOAL)
    goal, expected = number_of(row["goal"]), number_of(row["expected"])
    if target["growing"] and not target["capped"] and completion is not None and goal:
        pieces += ["，完成全年目标（", amount(scene, target, row, "goal"), "）的", words(completion, "%")]
        if expected is not None:
            value = number_of(row["completion"]) or Decimal(0)
            known = reference(target, row, "完成率-应达比例", scene.period.label)
            pieces += ["，", against_schedule(value, expected / goal, known)]
    elif goal is not None:
        name = "控制目标" if target["capped"] else "目标"
        pieces += [f"，{name}为", amount(scene, target, row, "goal")]
        if row["light"] in DONE:
            pieces.append("，符合进度要求" if not target["capped"] else "，在控制范围内")
        elif row["light"] in SLOW:
            pieces += [
                "，应达" if not target["capped"] else "，应控制在",
                amount(scene, target, row, "expected", "时序进度×目标数"),
            ]
            pieces.append("，未达进度要求" if not target["capped"] else "，已超出")
    before = row["before"]
    if before and before["actual"] is not None:
        now, then = number_of(row["actual"]) or Decimal(0), number_of(before["actual"]) or Decimal(0)
        if target["growing"]:
            ours, theirs = number_of(row["completion"]), number_of(before["completion"])
            if ours is not None and theirs is not None and not target["capped"]:
                known = reference(target, row, "本期完成率-上期完成率", scene.period.label)
                pieces += ["，完成率", change(ours, theirs, known, label=scene.last_time, share=True)]
        elif target["measure"] == "%":
            known = reference(target, row, "本期-上期", scene.period.label)
            pieces += ["，", change(now / 100, then / 100, known, label=scene.last_time, share=True)]
    return words(*pieces, "。")


def _units(scene: Scene, target: Json) -> Words:
    rows = _judged(target["units"])
    if not rows:
        return ()
    groups = _groups(scene, [(row["name"], row["light"]) for row in rows], "单位个数", _LIGHTS)
    said = parted(scope_of(rows), groups, scene.counting("单位个数", "承担此目标的单位计数"))
    members = members_of(scene, target)
    tail = ends(members, "完成率", measure="%") if len(members) >= 6 and not target["capped"] else ()
    return words(said, tail)


def members_of(scene: Scene, target: Json) -> list[Member]:
    """The units with their completion; those carried together or without one have no number."""
    return [Member(row["name"], part(scene, target, row, "completion", OF_GOAL)) for row in target["units"]]


def behind(scene: Scene) -> list[Words]:
    """Who is far behind, who has not reported, what changed since the period before."""
    targets = scene.snapshot["targets"]
    named = dict(zip((target["id"] for target in targets), titles(targets), strict=True))
    slow = [
        (number_of(row["ratio"]) or Decimal(0), target, row)
        for target in targets
        for row in target["units"]
        if row["light"] == "red" and row["ratio"] is not None
    ]
    slow.sort(key=lambda found: found[0])
    lines: list[Words] = []
    if slow:
        items = []
        for _, target, row in slow[:MOST_NAMED]:
            ratio = part(scene, target, row, "ratio", OF_DUE)
            name = named[target["id"]] if len(targets) > 1 else ""
            gap = amount(scene, target, row, "gap", "应达数-完成数")
            short = words("，差" if not target["capped"] else "，超", gap) if row["gap"] is not None else ()
            items.append(words(row["name"], name, "（为应达数的", ratio or "", "%", short, "）"))
        count = scene.count(len(slow), "滞后的单位目标", "进度为滞后的单位目标计数")
        tail = "其中滞后较多的有：" if len(slow) > MOST_NAMED else "分别是："
        if len(slow) > 1:
            lines.append(words("滞后于时序进度的单位目标共", count, "项，", tail, joined("、", items), "。"))
        else:
            lines.append(words("滞后于时序进度的是：", items[0], "。"))
    for target in targets:
        silent = [row["name"] for row in target["units"] if row["light"] == "grey"]
        judged = len(_judged(target["units"]))
        if silent:
            name = named[target["id"]] if len(targets) > 1 else ""
            who = "各承担单位均未报" if len(silent) == judged > 1 else f"未报单位：{'、'.join(silent)}"
            lines.append(words(f"{name}{'，' if name else ''}{who}。"))
    if silent := scene.snapshot.get("silent"):
        lines.append(words(f"本年还没有单位报数的目标：{'、'.join(silent)}。"))
    now = [
        f"{row['name']}{named[t['id']] if len(targets) > 1 else ''}"
        for t in targets
        for row in t["units"]
        if row["light"] == "red"
    ]
    known = [(t, row) for t in targets for row in t["units"] if row["before"] and row["before"]["light"]]
    before = [
        f"{row['name']}{named[t['id']] if len(targets) > 1 else ''}"
        for t, row in known
        if row["before"]["light"] == "red"
    ]
    if known:
        counted_as = {} if len(targets) == 1 else {"noun": "单位目标", "measure": "项"}
        known_as = scene.counting("滞后的单位目标", "")
        change_ = moved(now, before, known_as, what="滞后", label=scene.last_time, **counted_as)
        if change_:
            lines.append(change_)
    return lines


def outlook(scene: Scene) -> list[Words]:
    """What the year will end with, where it can be foretold."""
    lines = []
    for title, target in zip(titles(scene.snapshot["targets"]), scene.snapshot["targets"], strict=True):
        told = target["whole"].get("forecast")
        if not told or told["value"] is None:
            continue
        row = target["whole"] | told
        pieces: list[Words | str] = [
            f"{title}：按目前进度推算，预计全年为",
            amount(scene, target, row, "value", told["basis"]),
        ]
        if told["low"] is not None and told["high"] is not None:
            low, high = (amount(scene, target, row, name, told["basis"]) for name in ("low", "high"))
            pieces += ["（", low, "至", high, "）"]
        pieces.append(f"，{told['words']}。" if told["words"] else "。")
        lines.append(words(*pieces))
    return lines


def ranking_words(scene: Scene) -> list[Words]:
    """Best and last of every target, and who moved most."""
    targets = scene.snapshot["targets"]
    said = [
        (title, told)
        for title, target in zip(titles(targets), targets, strict=True)
        if (told := ends(members_of(scene, target), "完成率", measure="%"))
    ]
    return [
        words(f"{place}. {title}。" if len(said) > 1 else f"{title}。", told)
        for place, (title, told) in enumerate(said, 1)
    ]


def blocks(scene: Scene) -> Texts:
    """The texts that may be worded otherwise."""
    kind = scene.snapshot["kind"]
    demand = words(
        "请慢于时序进度和未报数据的单位认真查找原因，落实整改措施，倒排时间、责任到人；"
        "其他单位保持力度，确保全年目标任务按期完成。"
    )
    if kind == "ranking":
        return {"排名情况": ranking_words(scene), "工作要求": [demand]}
    found: Texts = {"总体情况": overall(scene), "分项情况": one_by_one(scene), "存在问题": behind(scene)}
    if kind == "commentary":
        found["形势研判"] = outlook(scene)
    return found | {"工作要求": [demand]}
