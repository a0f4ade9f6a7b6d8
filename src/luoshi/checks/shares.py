"""Percentages beside amounts: do they follow from them, and from which base; rates that cannot be over 100 %."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.checks.figures import Figure, base_unit, show
from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding
from luoshi.checks.sheets import Column, Row, Sheet
from luoshi.checks.subject import PlanView, Subject, part

_PROGRESS = re.compile(r"进度|完成[率比]")
_SHARE = re.compile(r"占比|比重|占.{1,10}(?:比|[%％])")
_AMOUNT = re.compile(r"总量|金额|数额|绝对数|目标|完成数|合计|收入|支出|投资")
_GROWTH = re.compile(r"增[幅速长]")
_OVER = re.compile(r"(?:覆盖率|处理率|办结率|普及率|合格率|入学率|巩固率|参保率|签约率|建档率|治理率|利用率|使用率)"
                   r"[^，。；,;%％\d]{0,4}"
                   r"((\d{3,6}(?:\.\d{1,4})?)\s*[%％](?:以上)?)")  # fmt: skip
_CLOSE = Decimal("0.1")
#: Rounding moves a share by half its last digit at most; a little more is no slip that is worth a minute.
_SLACK = Decimal("0.6")


def check_shares(subject: Subject) -> Iterator[Finding]:
    """All findings about percentages."""
    for plan in subject.plans:
        series = [found for sheet in plan.sheets for found in _series(sheet)]
        yield from _progress(plan, series)
        yield from _parts_of(plan, series)
        yield from _over(plan)


@dataclass(frozen=True, slots=True)
class _Series:
    """Figures of one row over the period columns; ``block`` is the label that the row stands below."""

    sheet: Sheet
    row: Row
    block: int
    name: str
    columns: tuple[Column, ...]
    figures: tuple[Figure, ...]
    unit: str


def _series(sheet: Sheet) -> Iterator[_Series]:
    """Rows over three or more period columns; a row with an empty first cell belongs to the block above."""
    columns = tuple(column for column in sheet.columns if column.period is not None and column.numeric)
    if len(columns) < 3:
        return
    block, open_block = -1, False
    for row in sheet.rows:
        if row.level == "group":
            open_block = False
            continue
        words = [cell for cell in row.cells[: columns[0].index] if cell]
        # a label goes on (增幅安排 below 进度) while its measures change; each block names what it counts once
        name = words[-1] if words else ""
        if not open_block or (row.cells[0] and not _continues(sheet, row, block, columns[0].index)):
            block, open_block = row.index, True
        figures = tuple(figure for column in columns if (figure := row.figures[column.index]))
        if len(figures) == len(columns):
            yield _Series(sheet, row, block, name, columns, figures, sheet.unit_of(row, columns[0]))


def _continues(sheet: Sheet, row: Row, block: int, width: int) -> bool:
    """Whether a labelled row is the second line of the label above: shares right below the block's only amounts."""
    above = sheet.rows[row.index - 1]
    return (
        width >= 1
        and row.index - 1 == block
        and _AMOUNT.search("".join(above.cells[:width])) is not None
        and (_SHARE.search("".join(row.cells[:width])) is not None)
    )


def _progress(plan: PlanView, series: Sequence[_Series]) -> Iterator[Finding]:
    """进度% rows: all periods must have one base; a year's end that is not 100 % has another base than the table."""
    for share in series:
        if not _PROGRESS.search(share.name) or _GROWTH.search(share.name):
            continue
        amounts = next(
            (s for s in series if s.sheet is share.sheet and s.block == share.block and s is not share
             and not _GROWTH.search(s.name) and s.unit not in ("%", "‰")), None)  # fmt: skip
        if amounts is None or any(figure.value <= 0 for figure in share.figures):
            continue
        misfits, base = _misfits(share.figures, amounts.figures)
        label = amounts.sheet.rows[amounts.block].label
        for k in misfits:
            printed, amount, column = share.figures[k], amounts.figures[k], share.columns[k]
            computed = amount.value / base * 100
            yield finding(
                "share-amount",
                f"《{share.sheet.title}》{label}{column.own}：进度与数额不符。",
                [share.sheet.place(share.row, column.index), amounts.sheet.place(amounts.row, column.index)],
                plan=plan.index,
                detail=f"按其余各期推算的基数约 {show(round(base, 0))}，"
                f"{show(amount.value)} ÷ {show(round(base, 0))} = {computed:.1f}%，表中为 {show(printed.value)}%",
                readings=(f"{show(printed.value)}%", f"{computed:.1f}%"),
            )
        last = share.figures[-1]
        if not misfits and share.columns[-1].period == 12 and abs(last.value - 100) > last.step:
            yield finding(
                "share-base",
                f"《{share.sheet.title}》年末进度为 {show(last.value)}%，百分比与数额不是以同一目标为基数。",
                [share.sheet.place(share.row, share.columns[-1].index),
                 amounts.sheet.place(amounts.row, amounts.columns[-1].index)],
                plan=plan.index,
                detail=f"{show(amounts.figures[-1].value)} ÷ {show(last.value)}% = "
                f"{show(round(base, 0))}{_plain(amounts.unit)}，"
                f"不是表中年末数 {show(amounts.figures[-1].value)}{_plain(amounts.unit)}",
                readings=(f"{show(last.value)}%", show(amounts.figures[-1].value)),
                data=_printed_base(plan, base, amounts.unit),
            )  # fmt: skip


def _misfits(shares: Sequence[Figure], amounts: Sequence[Figure]) -> tuple[list[int], Decimal]:
    """The periods whose share does not follow from the base that most others have, and that base."""
    bounds = []
    for share, amount in zip(shares, amounts, strict=True):
        slack = share.step * _SLACK
        bounds.append(
            (amount.value * 100 / (share.value + slack), amount.value * 100 / max(share.value - slack, slack))
        )
    best: list[int] = []
    low = high = Decimal(0)
    for first, _ in bounds:  # a base that fits most periods can be moved down to one of the lower bounds
        fitting = [k for k, (a, b) in enumerate(bounds) if a <= first <= b]
        if len(fitting) > len(best):
            best = fitting
            low, high = max(bounds[k][0] for k in fitting), min(bounds[k][1] for k in fitting)
    if len(best) < len(bounds) - len(bounds) // 3 or len(best) < 3:
        return [], (low + high) / 2
    return [k for k in range(len(bounds)) if k not in best], (low + high) / 2


def _printed_base(plan: PlanView, base: Decimal, unit: str) -> dict[str, str]:
    """The target of the text that equals the base, where there is one."""
    _, factor = base_unit(_plain(unit))
    for target in plan.draft.targets:
        if target.unit == "元" and abs(target.value - base * factor) <= target.value * Decimal("0.001"):
            return {"base": target.indicator, "base_line": str(target.line)}
    return {}


def _plain(unit: str) -> str:
    return "" if unit in ("%", "‰") else unit


def _parts_of(plan: PlanView, series: Sequence[_Series]) -> Iterator[Finding]:
    """占比 rows: amounts of the same block over amounts of another table of the plan, for which some period fits."""
    for share in series:
        if not _SHARE.search(share.name):
            continue
        own = next((s for s in series if s.sheet is share.sheet and s is not share and s.block == share.block), None)
        if own is None:
            continue
        best: tuple[int, list[tuple[int, Decimal]], _Series] | None = None
        for whole in series:
            if whole.sheet is share.sheet or _plain(whole.unit) == "" or len(whole.figures) != len(share.figures):
                continue
            ratios = [_ratio(a, own.unit, b, whole.unit) for a, b in zip(own.figures, whole.figures, strict=True)]
            if any(abs(r - f.value) > _CLOSE * f.value for r, f in zip(ratios, share.figures, strict=True)):
                continue
            off = [(k, r) for k, r in enumerate(ratios) if abs(r - share.figures[k].value) > share.figures[k].step]
            fits = len(ratios) - len(off)
            if fits and (best is None or fits > best[0]):
                best = fits, off, whole
        if best is None:
            continue
        _, off, whole = best
        for k, ratio in off:
            column, printed = share.columns[k], share.figures[k]
            yield finding(
                "share-amount",
                f"《{share.sheet.title}》{column.own}：占比与两表数额不符。",
                [share.sheet.place(share.row, column.index), own.sheet.place(own.row, column.index),
                 whole.sheet.place(whole.row, whole.columns[k].index)],
                plan=plan.index,
                detail=f"{own.figures[k].text}{_plain(own.unit)} ÷ {whole.figures[k].text}{_plain(whole.unit)} = "
                f"{ratio:.1f}%，表中为 {show(printed.value)}%",
                readings=(f"{show(printed.value)}%", f"{ratio:.1f}%"),
                data={"whole": whole.sheet.title},
            )  # fmt: skip


def _ratio(amount: Figure, unit: str, whole: Figure, whole_unit: str) -> Decimal:
    """A share in per cent of two amounts in their units; 0 where it cannot be computed."""
    (left, a), (right, b) = base_unit(unit), base_unit(whole_unit)
    if left != right or not whole.value:
        return Decimal(0)
    return amount.value * a * 100 / (whole.value * b)


def _over(plan: PlanView) -> Iterator[Finding]:
    """Rates of coverage and the like above 100 %, or at least 100 %: in sentences and in the words of tables."""
    if plan.is_chronicle:
        return
    found = []
    for paragraph in plan.paragraphs:
        found += [(match, part(paragraph, match.start(), match.end())) for match in _OVER.finditer(paragraph.text)]
    for sheet in plan.sheets:
        for row in sheet.rows:
            for column, cell in enumerate(row.cells):
                if "%" in cell or "％" in cell:
                    found += [(match, sheet.place(row, column)) for match in _OVER.finditer(cell)]
    for match, place in found:
        if match[1].endswith("以上") or Decimal(match[2]) > 100:
            yield finding(
                "rate-over-100",
                f"“{match[0]}”：这类比率最高为100%。",
                [place],
                plan=plan.index,
                readings=(match[1],),
            )
