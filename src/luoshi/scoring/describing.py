"""A scheme in words, for those who are scored by it: ``第1项 20分 …``."""

from __future__ import annotations

from collections.abc import Iterator

from luoshi.scoring.numbers import ZERO, show
from luoshi.scoring.scheme import Item, Scheme


def describe(scheme: Scheme) -> Iterator[str]:
    """Lines that tell the whole scheme."""
    yield scheme.title
    if scheme.document:
        yield f"出处：{scheme.document}"
    if scheme.note:
        yield scheme.note
    for group in scheme.groups:
        most = f"，合计最多{show(group.most, 6)}分" if group.most is not None else ""
        points = sum((item.points for item in group.items), ZERO)
        yield f"{group.title}（{show(points, 6)}分{most}）"
        for item in group.items:
            yield "  " + describe_item(item)
    if scheme.combination is not None:
        yield f"{scheme.combination.title} = {scheme.combination.formula.text}"
        for part in scheme.parts:
            yield f"  {part.key}：{part.title}（{part.scheme}）"
    for ladder in scheme.ladders:
        yield f"{ladder.title}：{ladder.rule()}"
    if scheme.assumptions:
        yield "约定（原文没有写明）："
        for assumption in scheme.assumptions:
            yield f"  {assumption.key}：{assumption.text}"
            now = scheme.chosen.get(assumption.key, assumption.default)
            for choice in assumption.choices:
                yield f"    {'●' if choice.key == now else '○'} {choice.key}：{choice.title}"


def describe_item(item: Item) -> str:
    """``第1项 20分 引进州外产业到位资金增幅：竞争性排名计分，按实际数从高到低排名……；负增长不得分``."""
    rule = item.method.rule(item.points, item.basis, item.better, item.unit)
    points = f" {show(item.points, 6)}分" if item.points else ""
    if item.points != item.printed:
        points += f"（原文{show(item.printed, 6)}分）"
    words = f"第{item.key}项{points} {item.title}：{item.method.TITLE}，{rule}"
    for gate in item.gates:
        words += f"；{gate.because}"
    if item.needs_target:
        words += f"；没有目标的，{item.no_target.label}"
    if item.source:
        words += f"；数据来源：{item.source}"
    if item.evidence:
        words += f"；佐证：{item.evidence}"
    return words
