"""Files of statistics: read whole or refused with every reason; and what a wording suggests of an indicator."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from luoshi.apps.indicators.actions import import_statistics, save_mapping
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.guessing import guess, plain
from luoshi.apps.indicators.models import Indicator, Observation, StatisticsImport
from luoshi.apps.indicators.sheets import read_table
from luoshi.apps.indicators.statistics import LONG, WIDE, Reading, StatisticsRefused
from luoshi.apps.organisations.models import Unit
from luoshi.cli.main import luoshi
from tests.apps.indicators.factories import make_indicator

Units = dict[str, Unit]


def workbook(rows: list[list[Any]]) -> bytes:
    """The rows as an .xlsx file."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("月报")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def wide(indicator: Indicator, **others: Any) -> Reading:
    """Unit in the first column, one indicator in the second."""
    return Reading(
        **{"layout": WIDE, "header_row": 2, "unit": "县市", "columns": {"户数": indicator.key}, "ignored": ("合计",)}
        | others
    )


ROWS = [["云岭州市场主体统计", ""], ["县市", "户数"], ["青石县", 1234.5678901], ["白水县", ""], ["合计", 9]]


@pytest.mark.django_db
def test_a_workbook_is_read_as_mapped(indicator: Indicator, prefecture: Units, coordinator: Any) -> None:
    done = import_statistics(
        acting_user=coordinator, data=workbook(ROWS), name="a.xlsx", owner=prefecture["ylz"],
        mapping=wide(indicator), period="2026-02",
    )  # fmt: skip
    assert {name: done.summary[name] for name in ("added", "rows", "blanks", "ignored")} == {
        "added": 1, "rows": 2, "blanks": 1, "ignored": 1,
    }  # fmt: skip
    row = Observation.objects.get()
    assert (row.value, row.source, row.origin_id, row.origin_cell) == (
        Decimal("1234.56789"), "statistics", done.pk, "3:户数",
    )  # fmt: skip


@pytest.mark.django_db
def test_every_problem_is_told_and_nothing_taken_in(indicator: Indicator, prefecture: Units, coordinator: Any) -> None:
    rows = [["", ""], ["县市", "户数"], ["青石县", "许多"], ["云中县", 3], ["", 4], ["白水县", "—"], ["白水县", 5],
            ["白水县", 6], ["各县人民政府", 7]]  # fmt: skip
    with pytest.raises(StatisticsRefused) as refused:
        import_statistics(
            acting_user=coordinator, data=workbook(rows), name="a.xlsx", owner=prefecture["ylz"],
            mapping=wide(indicator), period="2026-02",
        )  # fmt: skip
    told = {(problem.row, problem.column): str(problem) for problem in refused.value.problems}
    assert sorted(told) == [(3, "户数"), (4, "县市"), (5, "县市"), (6, "户数"), (8, "户数"), (9, "县市")]
    assert "不是数字" in told[3, "户数"]
    assert "云中县" in told[4, "县市"]
    assert "与第 7 行" in told[8, "户数"]
    assert "几个单位" in told[9, "县市"]
    assert not Observation.objects.exists()
    assert not StatisticsImport.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "period", "words"),
    [
        ({}, "", "请给出这批数的期别"),
        ({"unit": "地区"}, "2026-02", "没有这一列"),
        ({"columns": {}}, "2026-02", "至少给一列"),
        ({"columns": {"户数": "nichts"}}, "2026-02", "不在您维护的目录"),
        ({"header_row": 1}, "2026-02", "没有这一列"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(
    indicator: Indicator, prefecture: Units, coordinator: Any, change: dict[str, Any], period: str, words: str
) -> None:
    with pytest.raises(StatisticsRefused) as refused:
        import_statistics(
            acting_user=coordinator, data=workbook(ROWS), name="a.xlsx", owner=prefecture["ylz"],
            mapping=wide(indicator, **change), period=period,
        )  # fmt: skip
    assert any(words in str(problem) for problem in refused.value.problems)


@pytest.mark.django_db
def test_a_long_file_with_periods_by_the_command_line(
    indicator: Indicator, prefecture: Units, coordinator: Any, tmp_path: Any
) -> None:
    reading = Reading(LONG, 1, "单位", period="月份", indicator="指标", value="数值")
    save_mapping(acting_user=coordinator, owner=prefecture["ylz"], name="月报", mapping=reading)
    file = tmp_path / "月报.csv"
    file.write_text(
        "单位,月份,指标,数值\n青石县,2026年1月,市场主体总量,1万\n青石县,2026-02,市场主体总量,10100\n", "gb18030"
    )
    run = CliRunner().invoke(
        luoshi, ["statistics", "import", str(file), "--mapping", "月报", "--user", "tongchou"], catch_exceptions=False
    )
    assert run.exit_code == 0, run.output
    assert "新增 2" in run.output
    assert sorted(Observation.objects.values_list("period", "value")) == [("2026-01", 10000), ("2026-02", 10100)]
    again = CliRunner().invoke(
        luoshi, ["statistics", "import", str(file), "--mapping", "月报", "--user", "tongchou"], catch_exceptions=False
    )
    assert "未变 2" in again.output
    assert "以前导入过" in again.output
    file.write_text("单位,月份,指标,数值\n青石县,某月,市场主体总量,1\n", "utf-8")
    refused = CliRunner().invoke(luoshi, ["statistics", "import", str(file), "--mapping", "月报", "--user", "tongchou"])
    assert refused.exit_code != 0
    assert "第 2 行“月份”列" in refused.output


@pytest.mark.django_db
def test_only_ones_own_indicators_are_imported(indicator: Indicator, prefecture: Units, person: Any) -> None:
    county = person("xian", qsx="coordinator")
    with pytest.raises(Exception, match="不能为"):
        import_statistics(
            acting_user=county, data=workbook(ROWS), name="a.xlsx", owner=prefecture["ylz"],
            mapping=wide(indicator), period="2026-02",
        )  # fmt: skip
    with pytest.raises(StatisticsRefused):
        import_statistics(
            acting_user=county, data=workbook(ROWS), name="a.xlsx", owner=prefecture["qsx"],
            mapping=wide(indicator), period="2026-02",
        )  # fmt: skip


def test_tables_of_all_kinds() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert read_table("县市,数\n青石县,1\n".encode(encoding)).rows[1] == (2, ("青石县", "1"))
    for bad in (b"", b"PK\x03\x04broken", b"a\0b", b"\xff\xff\xff"):
        with pytest.raises(IndicatorError):
            read_table(bad)


@given(st.dictionaries(st.sampled_from(["户数", "a", "投资"]), st.text(max_size=5), max_size=3), st.booleans())
def test_mappings_survive_storing(columns: dict[str, str], dashes: bool) -> None:
    reading = Reading(WIDE, 3, "县市", columns=columns, dashes_blank=dashes, ignored=("合计",))
    assert Reading.from_json(reading.to_json()) == reading


@pytest.mark.parametrize(
    ("name", "unit", "kind", "direction"),
    [
        ("城镇登记失业率", "%", "rate", "lower"),
        ("净增市场主体", "户", "cumulative", "higher"),
        ("固定资产投资", "亿元", "cumulative", "higher"),
        ("企业保有量", "户", "stock", "higher"),
        ("营商环境排名", "名", "rank", "lower"),
        ("满意度进入全省前3名", "", "rank", "lower"),
        ("森林覆盖率", "%", "rate", "higher"),
    ],
)
def test_wordings_suggest_kinds(name: str, unit: str, kind: str, direction: str) -> None:
    found = guess(name, unit)
    assert (found.kind, found.direction) == (kind, direction)
    if kind in ("rate", "rank"):
        assert found.unit_aggregation != "sum"


def test_plain_names_drop_what_says_nothing() -> None:
    assert plain("全年 市场主体（总量）") == plain("市场主体总量")
    assert plain("全年") == "全年"


@pytest.mark.django_db
def test_equal_names_in_other_measures_are_no_duplicates(prefecture: Units, coordinator: Any) -> None:
    from luoshi.apps.indicators.queries import likely_duplicates

    owner = prefecture["ylz-czj"]
    make_indicator(owner, "招商到位资金", unit_of_measure="亿元")
    make_indicator(owner, "招商到位资金", unit_of_measure="万元")
    assert likely_duplicates(coordinator) == []
    make_indicator(owner, "招商引资到位资金", unit_of_measure="亿元")
    (pair,) = likely_duplicates(coordinator)
    assert {pair.one.name, pair.other.name} == {"招商到位资金", "招商引资到位资金"}
