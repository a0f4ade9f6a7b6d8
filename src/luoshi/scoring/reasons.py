"""Why a unit has its points, in Chinese, with the numbers put in."""

from __future__ import annotations

from fractions import Fraction

from luoshi.scoring.methods import Basis
from luoshi.scoring.numbers import ONE, ZERO, amount, equals, exact_sum, show
from luoshi.scoring.result import ItemScore, Result, Status, UnitScore

_MOST_ASSUMPTIONS = 6


def reason(score: ItemScore) -> str:
    """What was given, the place, the calculation, what scaled it, what the next place needs, and what it rests on."""
    better = improvement(score)
    return formula(score) + (f"。{better}" if better else "") + _assumed(score)


def _assumed(score: ItemScore) -> str:
    """The assumptions as a last sentence; the same for all units that stand alike to the item."""
    alike = (score.status, score.why, score.scaling is not None and bool(score.raw))
    kept = score.sheet.kept.get(alike)
    if kept is None:
        told = score.assumptions[:_MOST_ASSUMPTIONS] if score.status is not Status.OTHERS else ()
        kept = score.sheet.kept[alike] = f"。约定：{'；'.join(told)}。" if told else "。"
    return kept


def formula(score: ItemScore) -> str:
    """What was given, the place, the calculation."""
    status = score.status
    if status is Status.SCORED and score.scaling is None and not score.item.rescaled:  # nearly always
        return _given(score) + score.item.method.words(score.sheet, score.at, score.raw)
    match status:
        case Status.SCORED | Status.GATED:
            words = _measured(score)
        case Status.NOT_REPORTED:
            words = "未报，得0分" + _counted(score)
        case Status.EXCLUDED:
            return _left_out(score)
        case Status.OTHERS:
            return f"本项只适用于{score.why}，不计入本单位{_others_scaled(score)}"
        case Status.FULL:
            words = f"{score.why}，按规定得满分{show(score.raw, 6)}分"
        case _:
            words = f"{score.why}，按规定得0分"
    if score.item.rescaled:
        words += f"（满分{show(score.item.points, 6)}分，由原文{show(score.item.printed, 6)}分折算）"
    return words + _scaled(score)


def improvement(score: ItemScore) -> str:
    """What the next better place or more points would need."""
    if score.status is not Status.SCORED:
        return ""
    words = score.item.method.improve(score.sheet, score.at, score.raw)
    if score.scaling is not None and words.endswith("分"):
        words += "（折算前）"
    return words


def _measured(score: ItemScore) -> str:
    method, sheet, at = score.item.method, score.sheet, score.at
    if score.gate is not None:
        given = f"实际{amount(score.value or ZERO)}{score.item.unit}，" if at < 0 else _given(score)
        place = f"在{sheet.count}个单位中列第{score.rank}名，" if score.rank is not None and method.RANKS else ""
        return f"{given}{place}{score.gate.because}，得0分"
    return _given(score) + method.words(sheet, at, score.raw)


def _given(score: ItemScore) -> str:
    """The figures, up to the comma."""
    item, entry = score.item, score.sheet.entries[score.at]
    if item.method.JUDGED:
        return ""
    unit = item.unit
    if score.fact is None or score.fact.value is None:
        words = f"没有记录，按{amount(entry.value)}{unit}计"
    else:
        words = f"实际{amount(entry.value)}{unit}"
    match item.basis:
        case Basis.COMPLETION:
            words += f"，目标{amount(entry.target or ZERO)}{unit}{_share(score)}，完成率{_percent(entry.measure)}"
        case Basis.GAP:
            words += f"，目标{amount(entry.target or ZERO)}{unit}{_share(score)}"
        case Basis.GROWTH:
            words += f"，上期{amount(entry.previous or ZERO)}{unit}，增幅{_percent(entry.measure)}"
    return words + "，"


def _share(score: ItemScore) -> str:
    share = score.item.target_share
    return f"（本期按{show(share * 100)}%）" if share is not ONE else ""


def _percent(number: Fraction) -> str:
    return show(number) + "%"


def _counted(score: ItemScore) -> str:
    if not score.item.method.RANKS:
        return ""
    return f"，不排名，仍计入{score.sheet.count}个单位"


def _left_out(score: ItemScore) -> str:
    value = f"（实际{amount(score.value)}{score.item.unit}）" if score.value is not None else ""
    ranked = "，也不计入排名的单位数" if score.item.method.RANKS else ""
    return f"不适用：{score.why}{value}，本项不计入本单位{ranked}{_others_scaled(score)}"


def _others_scaled(score: ItemScore) -> str:
    scaling = score.scaling
    if scaling is None or scaling.total == scaling.excluded:
        return ""
    return f"，其余各项得分乘以{_ratio(score)}"


def _ratio(score: ItemScore) -> str:
    scaling = score.scaling
    if scaling is None:
        return ""
    total, excluded = show(scaling.total, 6), show(scaling.excluded, 6)
    return f"{total}÷({total}-{excluded})"


def _scaled(score: ItemScore) -> str:
    scaling = score.scaling
    if scaling is None or not score.raw:
        return ""
    return f"；本单位有{show(scaling.excluded, 6)}分的项目不适用，乘以{_ratio(score)}后计{equals(score.points)[1:]}分"


def total_reason(result: Result, unit: UnitScore) -> str:
    """How the total came about, the place, and how far the next one is."""
    words = _sum(unit)
    for limit in unit.limits[1:] if unit.parts else unit.limits:
        words += f"；{limit}"
    for veto in unit.vetoes:
        words += f"；因{veto.item.title}，{veto.effect}"
    among = f"{unit.ranking}的" if unit.ranking else ""
    if unit.rank is None:
        return f"{words}；不参加排名。"
    tied = [other.unit for other in result.by_rank[unit.ranking, unit.rank] if other.unit != unit.unit]
    beside = f"与{_names(tied)}并列" if tied else "列"
    words += f"。在{among}{result.ranked(unit.ranking)}个单位中{beside}第{unit.rank}名"
    better = result.better(unit)
    if better:
        gap = better[0].total - unit.total
        names = _names([other.unit for other in better])
        words += f"，比第{better[0].rank}名（{names}）少{_gap(gap)}分"
    return words + "。"


def _sum(unit: UnitScore) -> str:
    if unit.parts:
        return unit.limits[0]  # the formula with its numbers
    counted = [score for score in unit.items if score.applies and (score.points or score.item.points)]
    if len(counted) < 2:
        return f"总分{show(unit.total)}分"
    shown = "+".join(show(score.points) for score in counted).replace("+-", "-")
    return f"总分{shown}{equals(exact_sum([score.points for score in counted]))}分"


def _gap(gap: Fraction) -> str:
    return show(gap) if gap >= Fraction(1, 100) else show(gap, 8)


def _names(names: list[str], most: int = 3) -> str:
    return "、".join(names[:most]) + (f"等{len(names)}个单位" if len(names) > most else "")
