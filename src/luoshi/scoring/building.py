"""From data that fit the schema to a scheme, and every contradiction that the schema cannot see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from luoshi.expressions import ExpressionError
from luoshi.scoring.expressions import parse_condition, parse_formula, usable_name
from luoshi.scoring.ladders import LADDERS, Bands, Checkpoints, Ladder, Together
from luoshi.scoring.methods import METHODS, Basis, Better, Method
from luoshi.scoring.node import Document, Node
from luoshi.scoring.numbers import ONE, ZERO, show
from luoshi.scoring.scheme import (
    Assumption,
    Choice,
    Combination,
    Gate,
    Group,
    Item,
    NoTarget,
    NotReported,
    Part,
    Scheme,
    Spread,
    UnitGroup,
    When,
)


def build(document: Document) -> Scheme:
    """The scheme; what is wrong with it goes to ``document.problems``."""
    root = document.root()
    unit_groups = tuple(UnitGroup(one.text("key"), one.texts("units")) for one in root.nodes("unit_groups"))
    apart = root.flag("apart")
    groups = tuple(_group(node, apart) for node in root.nodes("groups"))
    parts = tuple(
        Part(one.text("key"), one.text("title") or one.text("key"), one.text("scheme")) for one in root.nodes("parts")
    )
    scheme = Scheme(
        key=root.text("key"),
        title=root.text("title"),
        version=root.text("version", "1"),
        period=root.text("period"),
        document=root.text("document"),
        note=root.text("note"),
        groups=groups,
        parts=parts,
        combination=_combination(root, parts),
        assumptions=tuple(_assumption(node) for node in root.nodes("assumptions")),
        ladders=tuple(_ladder(node) for node in root.nodes("consequences")),
        unit_groups=unit_groups,
        units=root.texts("units"),
        apart=apart,
        least=root.optional("least"),
        most=root.optional("most"),
        elsewhere=root.texts("elsewhere"),
        data=document.data,
    )
    _check(scheme, root)
    return scheme


def _group(node: Node, apart: bool) -> Group:
    key = node.text("key")
    items: list[Item] = []
    whole = ZERO
    for one in node.nodes("items"):
        points, leaves = _items(one, key, apart)
        whole += points
        items.extend(leaves)
    printed = node.optional("points")
    if printed is not None and printed != whole:
        node.problem(f"各项合计{show(whole, 6)}分，与“{node.text('title')}”的{show(printed, 6)}分不符", "points")
    return Group(key, node.text("title"), tuple(items), printed, node.optional("most"))


def _items(node: Node, group: str, apart: bool) -> tuple[Fraction, list[Item]]:
    """An item's points, and it or its parts."""
    if "parts" not in node:
        item = _item(node, node, group, apart)
        return item.points, [item]
    leaves = [_item(part, node, group, apart) for part in node.nodes("parts")]
    printed = sum((leaf.printed for leaf in leaves), ZERO)
    points = node.optional("points")
    if points is None or points == printed:
        return printed, leaves
    match node.choice("spread", Spread.EXACT):
        case Spread.EXACT:
            node.problem(
                f"第{node.text('key')}项的各分项合计{show(printed, 6)}分，与该项{show(points, 6)}分不符，"
                "请写明 spread：scaled（按比例折算）或 printed（照分项）",
                "points",
            )
        case Spread.SCALED if printed:
            # only here do points part from what is printed: ``Item.rescaled``
            leaves = [replace(leaf, points=leaf.printed * points / printed) for leaf in leaves]
        case Spread.SCALED:
            node.problem("各分项都是0分，无法折算", "points")
    return points, leaves


class _Inherited:
    """An item's own data, and behind them those of the item that it is a part of."""

    def __init__(self, own: Node, whole: Node) -> None:
        self._own = own
        self._whole = whole

    def of(self, key: str) -> Node:
        """The node that says something about ``key``."""
        return self._own if key in self._own else self._whole


def _item(own: Node, whole: Node, group: str, apart: bool) -> Item:
    data = _Inherited(own, whole)
    points = own.number("points", ZERO)
    method_node = data.of("method").node("method")
    kind = METHODS[method_node.text("type")] if method_node is not None else METHODS["record"]
    basis = data.of("basis").choice("basis", kind.BASES[0])
    better = data.of("better").choice("better", kind.BETTER if basis is Basis.VALUE else Better.HIGHER)
    if basis not in kind.BASES:
        own.problem(f"“{kind.TITLE}”只能按{'、'.join(one.label for one in kind.BASES)}计", "basis")
    method: Method = kind.read(method_node) if method_node is not None else kind()
    if method_node is not None:
        method.check(method_node, points, better)
    if points < 0:
        own.problem("分值不能是负数", "points")
    if kind.HAS_POINTS is True and not points:
        own.problem(f"“{kind.TITLE}”的项目要有分值（points）", "points")
    if kind.HAS_POINTS is False and points:
        own.problem(f"“{kind.TITLE}”的项目没有分值，分值（points）写 0 或不写", "points")
    share = data.of("target_share").number("target_share", ONE)
    share = ONE if share == 1 else share
    if not 0 < share <= 1:
        own.problem("本期应完成目标的比例（target_share）应大于 0、不超过 1", "target_share")
    no_target = data.of("no_target").choice("no_target", NoTarget.EXCLUDE)
    return Item(
        key=own.text("key"),
        title=own.text("title"),
        points=points,
        printed=points,
        method=method,
        basis=basis,
        better=better,
        unit=data.of("unit").text("unit"),
        gates=_gates(data.of("gates")),
        no_target=no_target,
        zero_target=data.of("zero_target").choice("zero_target", no_target),
        not_reported=data.of("not_reported").choice("not_reported", NotReported.ZERO),
        when_blank=data.of("when_blank").optional("when_blank"),
        target=data.of("target").optional("target"),
        target_share=share,
        source=data.of("source").text("source"),
        evidence=data.of("evidence").text("evidence"),
        note=data.of("note").text("note"),
        applies_to=data.of("applies_to").texts("applies_to"),
        apart=data.of("apart").flag("apart", apart),
        takes=data.of("takes").text("takes"),
        part_of=whole.text("key") if own is not whole else "",
        group=group,
    )


def _gates(node: Node) -> tuple[Gate, ...]:
    gates = []
    for one in node.nodes("gates"):
        try:
            gates.append(Gate(parse_condition(one.text("when")), one.text("because")))
        except ExpressionError as error:
            one.problem(f"不得分的条件{error}", "when")
    return tuple(gates)


def _combination(root: Node, parts: tuple[Part, ...]) -> Combination | None:
    node = root.node("combination")
    if node is None:
        return None
    for part in parts:
        if not usable_name(part.key):
            root.problem(f"“{part.key}”不能用作公式里的名称，请用 Q1、年度 这样的名称", "parts")
    try:
        return Combination(
            node.text("title") or "总分", parse_formula(node.text("formula"), [part.key for part in parts])
        )
    except ExpressionError as error:
        node.problem(f"合成公式{error}", "formula")
        return None


def _assumption(node: Node) -> Assumption:
    choices = tuple(Choice(key, one.text("title"), one.plain("set") or {}) for key, one in node.named("choices"))
    default = node.text("default")
    if choices and default not in {choice.key for choice in choices}:
        node.problem(f"缺省做法“{default}”不在 choices 之中", "default")
    for choice in choices:
        if choice.key == default and choice.changes:
            node.problem("缺省做法就是评分办法现在的写法，不写 set", "choices")
    return Assumption(
        node.text("key"),
        node.text("text"),
        node.texts("items"),
        node.texts("consequences"),
        default,
        choices,
        node.choice("when", When.ALWAYS),
    )


def _ladder(node: Node) -> Ladder:
    return LADDERS[node.text("type")].read(node)


def _check(scheme: Scheme, root: Node) -> None:
    """What the parts of a scheme say about one another."""
    wholes = {item.part_of for item in scheme.items if item.part_of}
    keys = [item.key for item in scheme.items] + sorted(wholes)
    _unique(root, "groups", "项目", keys)
    _unique(root, "groups", "类别", [group.key for group in scheme.groups])
    _unique(root, "parts", "部分", [part.key for part in scheme.parts])
    _unique(root, "assumptions", "约定", [one.key for one in scheme.assumptions])
    _unique(root, "consequences", "结果运用", [ladder.key for ladder in scheme.ladders])
    _unique(root, "unit_groups", "单位分组", [group.key for group in scheme.unit_groups])
    _unique(root, "unit_groups", "单位", [unit for group in scheme.unit_groups for unit in group.units])
    if bool(scheme.parts) is not (scheme.combination is not None or "combination" in root):
        root.problem("由几部分合成的，parts 和 combination 要一起写")
    if scheme.parts and scheme.groups:
        root.problem("由几部分合成的评分办法自己不设项目（groups）", "groups")
    if not scheme.parts and not scheme.items:
        root.problem("没有评分项目", "groups")
    whole = sum((_printed(group) for group in scheme.groups), ZERO)
    total = root.optional("total")
    if total is not None and scheme.groups and total != whole:
        root.problem(f"各类合计{show(whole, 6)}分，与总分{show(total, 6)}分不符", "total")
    if scheme.least is not None and scheme.most is not None and scheme.least > scheme.most:
        root.problem("总分的最低分高于最高分", "least")
    named = {group.key for group in scheme.unit_groups}
    for item in scheme.items:
        unknown = [key for key in item.applies_to if key not in named]
        if unknown:
            root.problem(f"第{item.key}项适用的“{'、'.join(unknown)}”不在单位分组（unit_groups）之中", "groups")
    both = [key for key in scheme.elsewhere if key in keys]
    if both:
        root.problem(f"“{'、'.join(both)}”既在本办法计分，又写明在别处计分", "elsewhere")
    for at, assumption in enumerate(root.nodes("assumptions")):
        _known(assumption, "items", scheme.assumptions[at].items, keys, "项目")
        _known(
            assumption, "consequences", scheme.assumptions[at].ladders, [one.key for one in scheme.ladders], "结果运用"
        )
    items = {item.key: item for item in scheme.items}
    for at, node in enumerate(root.nodes("consequences")):
        _check_ladder(scheme, at, node, items)


def _check_ladder(scheme: Scheme, at: int, node: Node, items: Mapping[str, Item]) -> None:
    ladder = scheme.ladders[at]
    if isinstance(ladder, Together):
        _known(node, "of", ladder.of, [one.key for one in scheme.ladders[:at]], "前面的结果运用")
        return
    _known(node, "item" if isinstance(ladder, Bands) else "checkpoints", ladder.items(), items, "项目")
    if isinstance(ladder, Checkpoints):
        for key in ladder.items():
            item = items.get(key)
            if item is not None and item.basis is not Basis.VALUE:
                node.problem(f"考核时点的第{key}项须按实际数（支出进度）记录", "checkpoints")


def _printed(group: Group) -> Fraction:
    """The points of a group as its items say them: a part counts by what it was scaled to."""
    return group.points if group.points is not None else sum((item.points for item in group.items), ZERO)


def _unique(root: Node, key: str, title: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            root.problem(f"{title}“{name}”重复", key)
        seen.add(name)


def _known(node: Node, key: str, names: Iterable[str], known: Iterable[str], title: str) -> None:
    unknown = [name for name in names if name not in set(known)]
    if unknown:
        node.problem(f"没有“{'、'.join(unknown)[:60]}”这个{title}", key)


def merged(data: Any, changes: Mapping[str, Any]) -> Any:
    """Data with changes put in, mapping by mapping; a method of another type replaces the whole method."""
    if not isinstance(data, Mapping) or ("type" in changes and data.get("type") != changes["type"]):
        return changes
    result = dict(data)
    for key, value in changes.items():
        result[key] = merged(data.get(key), value) if isinstance(value, Mapping) else value
    return result


def with_choice(data: Mapping[str, Any], assumption: Assumption, choice: Choice) -> dict[str, Any]:
    """The data of a scheme with another reading of an assumption."""

    def changed(one: Mapping[str, Any]) -> Any:
        if one.get("key") in assumption.items:
            one = merged(one, choice.changes)
        if one.get("parts"):
            one = {**one, "parts": [changed(part) for part in one["parts"]]}
        return one

    result = dict(data)
    result["groups"] = [
        {**group, "items": [changed(item) for item in group.get("items") or ()]} for group in data.get("groups") or ()
    ]
    if data.get("consequences"):
        result["consequences"] = [
            merged(one, choice.changes) if one.get("key") in assumption.ladders else one for one in data["consequences"]
        ]
    return result
