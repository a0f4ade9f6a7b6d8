"""Whatever a document holds: the check-up ends, its places are real, and its order is that of the lines."""

from __future__ import annotations

import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.checks import check
from luoshi.extraction import extract
from tests.checks.texts import checked, plan, table
from tests.extraction.texts import text_document

WORDS = st.sampled_from(
    ["合计", "其中", "全州", "占比%", "进度%", "一季度", "上半年", "1—6月", "四季度", "2025年", "2030年", "云江市",
     "州商务局", "12.5%", "1.5万户", "—", "", "100", "100%以上", "20分", "各10分", "附件：1.某表",
     "青岭县", "（牵头单位：州商务局）",
     "单位：亿元", "序号", "指标", "分值", "责任单位", "10县市市人民政府", "2月底前", "由91%提高到93%，提高5个百分点"]
)  # fmt: skip
ROWS = st.lists(st.lists(WORDS, min_size=2, max_size=7).map(tuple), min_size=1, max_size=9)
SENTENCES = st.lists(st.lists(WORDS, min_size=1, max_size=8).map("，".join), max_size=6)


@given(SENTENCES, ROWS)
@settings(max_examples=150, deadline=None)
def test_any_plan_is_checked(sentences: list[str], rows: list[tuple[str, ...]]) -> None:
    source = plan(*[f"{n}.{sentence}。" for n, sentence in enumerate(sentences, 1)], "附件", table("任务分解表", *rows))
    document = text_document(source)
    found = checked(document)
    assert [finding.places[0].line for finding in found] == sorted(finding.places[0].line for finding in found)
    for finding in found:
        for span in (span for place in finding.places for span in place.spans):
            assert 0 <= span.start < span.end <= len(document.line(span.line).text)


@given(st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_text_is_checked(text: str) -> None:
    checked(text_document(text))


def test_long_runs_of_anything_end() -> None:
    """Each run is what one of the patterns would go back over again and again if it could."""
    for run in (
        "1",
        "1,",
        "（",
        "甲、",
        "年均增长率",
        "县市市",
        "各10分",
        "a@b.",
        "由1元",
        "率",
        "（一",
        "2025年1元",
        "附件1",
    ):
        text = run * (30_000 // len(run))
        checked(
            plan(
                "一、任务",
                f"1.{text}。",
                "附件",
                table("分值表", ("指标", "分值"), (text[:3000], "10"), ("合计", "10")),
            )
        )


def _calls(times: int) -> int:
    """How many functions the check-up of a plan calls whose measures and tables are repeated so often."""
    rows = [("云江市", 3, 5), ("青岭市", 4, 6), ("白溪县", 5, 7), ("合计", 12, 19)]
    annex = table("任务表", ("县市", "企业（户）", "新增项目（个）"), *rows)
    body = []
    for n in range(times):
        body += ["一、重点任务", "1.新增项目20个，森林覆盖率达到60%以上。（牵头单位：州商务局；责任单位：州财政局）",
                 f"2.第{n}批示范点新建30个，按期完成。（牵头单位：州水务局；责任单位：州财政局）", annex]  # fmt: skip
    document = text_document(plan(*body))
    extraction = extract(document)
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        check(extraction, document)
    finally:
        sys.setprofile(None)
    return count


def test_ten_times_the_text_is_ten_times_the_work() -> None:
    _calls(1)  # fills what is kept between runs
    assert _calls(100) < 13 * _calls(10)


def test_the_same_document_gives_the_same_findings() -> None:
    source = plan(
        "附件", table("任务表（户）", ("县市", "企业"), ("云江市", 3), ("青岭市", 4), ("白溪县", 5), ("合计", 13))
    )
    assert checked(source) == checked(source) != []
