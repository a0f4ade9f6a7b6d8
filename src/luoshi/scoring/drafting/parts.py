"""Parts of an item that its words name: ``5亿元以上和10亿元以上项目，各10分``, ``①制定方案（2分）；②开会（3分）``."""

from __future__ import annotations

import re
from decimal import Decimal

from luoshi.scoring.drafting.texts import MARKER, NUMBER, narrow, number_of

_EACH = re.compile(rf"[,，;；]?各(?:得|计|占|为)?({NUMBER})分")
_SIZE = r"\d+(?:\.\d+)?(?:[万亿]?[元吨亩人户]|[万亿])?(?:以上|以下)?"
_SIZES = re.compile(rf"({_SIZE})(?:(?:和|及|与|、)({_SIZE}))+")
_NAMED = re.compile(
    rf"^[、和及与]?(.{{2,60}}?)(?:[(（](?:满分|计|占|得)?({NUMBER})分[)）]|(?:占|计|得|为)?({NUMBER})分)$"
)


def parts_in(words: str, title: str, points: Decimal | None) -> list[tuple[str, Decimal, str]]:
    """(title, points, words) of each part of the item ``title``; empty where the words name none."""
    plain = narrow(words)
    return _each(plain, title) or _listed(plain, points)


def _each(text: str, title: str) -> list[tuple[str, Decimal, str]]:
    """Things of one kind that get the same points each."""
    found = _EACH.search(text)
    if found is None:
        return []
    points = number_of(found[1])
    before = re.split(r"[,，;；。\n]", text[: found.start()])[-1]
    rest = text[: found.start() - len(before)] + text[found.end() :]
    sizes = _SIZES.search(before)
    if sizes is not None:
        each = re.findall(_SIZE, sizes[0])
        unit = re.search(r"[万亿]?[元吨亩人户](?:以上|以下)?$|(?:以上|以下)$", each[-1])
        each = [one if not unit or one.endswith(("上", "下")) else _with_unit(one, each[-1]) for one in each]
        ahead, behind = before[: sizes.start()], before[sizes.end() :]
        if re.search(r"、|协议|合同|文本|材料|附件", ahead + behind):  # the sizes stand among the evidence
            ahead, behind = f"{title}：", ""
        return [(ahead + one + behind, points, rest) for one in each]
    names = [name for name in re.split(r"[、]|(?<=[\u4e00-\u9fff]{2})[和及与](?=[\u4e00-\u9fff]{2})", before) if name]
    names[0:1] = [re.sub(r"^(?:其中|对|将)[:：]?", "", names[0])] if names else []
    if 2 <= len(names) <= 12 and all(2 <= len(name) <= 30 for name in names):
        return [(name, points, rest) for name in names]
    return []


def _with_unit(size: str, like: str) -> str:
    """``5亿`` beside ``10亿元以上`` means ``5亿元以上``."""
    number = re.match(r"\d+(?:\.\d+)?", size)
    other = re.match(r"\d+(?:\.\d+)?", like)
    if number is None or other is None:
        return size
    unit, full = size[number.end() :], like[other.end() :]
    return number[0] + (full if full.startswith(unit) else unit + ("以上" if full.endswith("以上") else ""))


def _listed(text: str, points: Decimal | None) -> list[tuple[str, Decimal, str]]:
    """A list within the cell whose entries have points that add up to the item's."""
    if points is None:
        return []
    for pieces in (_by_marker(text), [piece for piece in re.split(r"[;；。\n]", text) if piece]):
        out = []
        for piece in pieces:
            clauses = re.split(r"[,，]", piece)
            for at, clause in enumerate(clauses):
                found = _NAMED.match(clause.rstrip("。;；"))
                if found and not re.search(r"第|前|每|扣|减|不足|低于|其余|[%％]", clause):
                    title = re.sub(r"的$|[(（]$", "", found[1])
                    title = title if at == 0 or len(title) > 4 else clauses[0]
                    out.append((title[:60], number_of(found[2] or found[3]), piece))
                    break
        if len(out) >= 2 and sum(one[1] for one in out) == points:
            return out
    return []


def _by_marker(text: str) -> list[str]:
    starts = [match.start() for match in MARKER.finditer(text)]
    if len(starts) < 2:
        return []
    pieces = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return [MARKER.sub("", piece, count=1).strip("\n") for piece in pieces]
