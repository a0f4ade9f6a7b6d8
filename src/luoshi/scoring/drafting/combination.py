"""A formula printed below a scoring table that puts the results of several periods together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from luoshi.scoring.drafting.texts import decimal_words, narrow, number_of
from luoshi.scoring.errors import SchemeError
from luoshi.scoring.loading import from_data
from luoshi.scoring.scheme import Scheme

_FORMULA = re.compile(
    r"(全年|年度总|总|综合|最终|年终)(?:考核|评价|评分)?(?:得分|成绩|分)(?:=|＝|为|按)(.{4,120}?)(?:[。;；]|$)"
)


def combination(title: str, key: str, document: str, notes: Sequence[str], schemes: Sequence[Scheme]) -> Scheme | None:
    """A formula printed below the table that puts the results of its periods together."""
    by_period = {scheme.period: scheme for scheme in schemes}
    if len(by_period) < 2:
        return None
    for note in notes:
        found = _FORMULA.search(narrow(note))
        if found is None:
            continue
        formula = _formula(found[2])
        used = sorted(set(re.findall(r"Q[1-4]|年度|上半年|下半年", formula)), key=formula.index)
        parts = []
        for name in used:
            period = "year" if name == "年度" else "quarter" if name.startswith("Q") else "half-year"
            if period not in by_period:
                return None
            label = {"Q": f"第{name[1:]}季度得分"}.get(name[0], f"{name}得分")
            parts.append({"key": name, "title": label, "scheme": by_period[period].key})
        data: dict[str, Any] = {
            "key": f"{key}-whole-year",
            "title": f"{title}（全年）"[:200],
            "period": "year",
            "note": f"原文：{found[0]}"[:2000],
            "parts": parts,
            "combination": {"title": "全年", "formula": formula},
        }
        if document:
            data["document"] = document[:2000]
        try:
            return from_data(data)
        except SchemeError:
            return None
    return None


def _formula(words: str) -> str:
    """``前3个季度得分之和÷6+年度得分÷2`` as a formula."""

    def quarters(found: re.Match[str]) -> str:
        count = int(number_of(found[1])) if found[1] else 4
        return "(" + " + ".join(f"Q{number}" for number in range(1, min(count, 4) + 1)) + ")"

    text = re.sub(
        r"(?:前|各|全部|(?=[四4]个季度))([一二三四1-4])?个?季度(?:考核)?得分(?:之和|合计|总和)", quarters, words
    )
    text = re.sub(
        r"(?:前|各|全部|(?=[四4]个季度))([一二三四1-4])?个?季度(?:考核)?(?:平均得?分|得分平均(?:值|分)?)",
        lambda found: quarters(found) + f" / {quarters(found).count('Q')}",
        text,
    )
    text = re.sub(r"第?([一二三四1-4])季度(?:考核)?(?:得分|成绩)?", lambda found: f"Q{int(number_of(found[1]))}", text)
    text = re.sub(r"(年度|上半年|下半年)(?:考核|指标)?(?:得分|成绩|分)", r"\1", text)
    text = re.sub(r"(\d+(?:\.\d+)?)%", lambda found: decimal_words(Decimal(found[1]) / 100), text)
    text = re.sub(r"\s*([÷/])\s*", " / ", text)
    text = re.sub(r"\s*[×xX*]\s*", " * ", text)
    return re.sub(r"\s*\+\s*", " + ", text).replace("  ", " ").strip()
