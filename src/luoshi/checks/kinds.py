"""The kinds of finding: one table with the family, severity, Chinese name and what a clerk can do about each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from luoshi.checks.model import Finding, Place, Severity


class Family(StrEnum):
    """Checks that are switched on or off together; one module each."""

    TOTALS = "totals"
    SHARES = "shares"
    AGREEMENT = "agreement"
    GROWTH = "growth"
    SCORING = "scoring"
    DUPLICATES = "duplicates"
    RESPONSIBILITIES = "responsibilities"
    UNITS = "units"
    COUNTS = "counts"
    DATES = "dates"
    NUMBERING = "numbering"
    ANNEXES = "annexes"
    CONTACTS = "contacts"
    LIMITS = "limits"


FAMILY_NAMES: Mapping[Family, str] = {
    Family.TOTALS: "合计",
    Family.SHARES: "百分比",
    Family.AGREEMENT: "数据一致",
    Family.GROWTH: "增长与基数",
    Family.SCORING: "评分办法",
    Family.DUPLICATES: "重复事项",
    Family.RESPONSIBILITIES: "责任分工",
    Family.UNITS: "单位名称",
    Family.COUNTS: "数目",
    Family.DATES: "时限",
    Family.NUMBERING: "编号",
    Family.ANNEXES: "附件",
    Family.CONTACTS: "联系方式",
    Family.LIMITS: "篇幅",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding; ``key`` is stable, ``name`` and ``advice`` are shown to users."""

    key: str
    family: Family
    severity: Severity
    name: str
    advice: str


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("total-column", Family.TOTALS, _E, "列合计不符", "核对各行与合计，保留印出的合计或各行之和。"),
        Kind("total-row", Family.TOTALS, _E, "行合计不符", "核对分项与合计，保留印出的合计或分项之和。"),
        Kind("total-section", Family.TOTALS, _E, "分项与总量不符", "核对分部门（分县市）数与总量，确认各自的口径。"),
        Kind("total-across", Family.TOTALS, _E, "两表合计不符", "核对两张表的合计，保留其中一个。"),
        Kind("total-text", Family.TOTALS, _E, "正文分项之和与总数不符", "核对总数与各分项，保留其中一个。"),
        Kind("period-end", Family.TOTALS, _E, "期末累计与全年不符", "核对最后一期累计数与全年任务数，保留其中一个。"),
        Kind("period-falls", Family.TOTALS, _W, "累计数后期小于前期", "核对两期累计数，或改注为当期数。"),
        Kind("share-amount", Family.SHARES, _E, "百分比与数额不符", "按数额重算百分比，或确认百分比所用的基数。"),
        Kind("share-base", Family.SHARES, _N, "百分比基数另有所指", "注明百分比以哪一档目标为基数，录入时选定同一档。"),
        Kind("rate-over-100", Family.SHARES, _W, "比率超过100%", "核对该比率；覆盖率一类不会超过100%。"),
        Kind("text-table", Family.AGREEMENT, _E, "正文与附表不符", "以正文或附表为准，保留其中一个。"),
        Kind("two-values", Family.AGREEMENT, _E, "同一指标两个数值", "保留其中一个；口径不同的，在指标名称中写明。"),
        Kind("unit-differs", Family.AGREEMENT, _W, "同一数值单位不同", "核对计量单位，保留其中一个。"),
        Kind("growth-level", Family.GROWTH, _E, "增幅与基数、目标不符", "按基数和目标重算增幅，或更正其中一个数。"),
        Kind("below-base", Family.GROWTH, _W, "目标低于基数", "确认指标口径是否改变，或更正目标。"),
        Kind("keep-above-base", Family.GROWTH, _N, "说是保持，现状还未达到", "改为“达到”，或核对现状数。"),
        Kind("points-total", Family.SCORING, _E, "分值合计不符", "核对各项分值与总分。"),
        Kind("points-parts", Family.SCORING, _E, "分项分值与该项分值不符", "选定按分项分值还是按该项总分计分。"),
        Kind("method-undefined", Family.SCORING, _W, "计分办法未定义", "在考核方案中选定计分公式，并向发文单位核实。"),
        Kind("row-twice", Family.DUPLICATES, _W, "同一事项列了两次", "合并为一项，选定牵头单位，避免重复计数。"),
        Kind("row-similar", Family.DUPLICATES, _N, "两项疑为同一事项", "确认是否同一事项；是则合并。"),
        Kind("target-twice", Family.DUPLICATES, _N, "同一目标出现两次", "只计一次，两处都作为出处。"),
        Kind("other-lead", Family.DUPLICATES, _W, "同一事项牵头单位不同", "选定牵头单位；确为一件事的，只计一次。"),
        Kind("no-responsible", Family.RESPONSIBILITIES, _W, "目标无责任单位", "指定责任单位。"),
        Kind("lead-and-support", Family.RESPONSIBILITIES, _W, "既是牵头又是配合", "保留一种责任。"),
        Kind("table-only-unit", Family.RESPONSIBILITIES, _W, "附表有任务而正文未提及", "在正文补列，或核对附表。"),
        Kind("duty-differs", Family.RESPONSIBILITIES, _W, "责任单位正文与附表不同", "核对后保留一个。"),
        Kind("not-addressed", Family.RESPONSIBILITIES, _W, "责任单位不在主送范围", "补发文件，或另行告知该单位。"),
        Kind("unit-unknown", Family.UNITS, _N, "单位名称未识别", "选定所指单位，或在单位名称表中补录。"),
        Kind("unit-outdated", Family.UNITS, _W, "单位名称已变更", "改用成文时的名称。"),
        Kind("unit-misprint", Family.UNITS, _W, "单位名称疑有错字", "更正名称。"),
        Kind("count", Family.COUNTS, _E, "所说数目与所列不符", "补列缺少的项，或更正数目。"),
        Kind("count-territories", Family.COUNTS, _N, "县市数目与附表行数不符", "确认多出或缺少的是哪一个。"),
        Kind("deadline-passed", Family.DATES, _W, "时限早于成文日期", "确认时限；已过的，办结或改期。"),
        Kind("outside-period", Family.DATES, _W, "阶段早于规划期", "更正阶段年份或规划期。"),
        Kind("phase-order", Family.DATES, _W, "阶段先后与时限相反", "更正阶段的顺序或时限。"),
        Kind("period-longer", Family.DATES, _W, "目标年限超过方案期", "确认从哪年算起，更正年限或目标。"),
        Kind("numbering", Family.NUMBERING, _N, "编号不连续", "确认有无漏项，更正编号。"),
        Kind("annex-missing", Family.ANNEXES, _W, "所称附件不在文中", "补上附件，或向发文单位索取。"),
        Kind("annex-title", Family.ANNEXES, _N, "附件名称前后不一", "统一附件名称。"),
        Kind("contact", Family.CONTACTS, _W, "联系方式前后不一", "核实后保留正确的一个；核实前不要自动发送。"),
        Kind("document-length", Family.LIMITS, _N, "篇幅超过限制", "精简文稿。"),
    )
}  # fmt: skip


def finding(
    kind: str,
    message: str,
    places: Iterable[Place],
    *,
    plan: int,
    detail: str = "",
    readings: Iterable[str] = (),
    data: Mapping[str, str] | None = None,
) -> Finding:
    """A finding of a kind, with that kind's severity."""
    return Finding(
        kind=kind,
        severity=KINDS[kind].severity,
        message=message,
        places=tuple(places),
        detail=detail,
        readings=tuple(readings),
        plan=plan,
        data=data or {},
    )
