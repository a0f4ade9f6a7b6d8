"""The known kinds of tables, told by names, first column and title."""

from __future__ import annotations

import pytest

from luoshi.extraction.table_kinds import KINDS, table_kind

_COUNTIES = ["云江市", "青岭市", "白溪县", "合计"]


@pytest.mark.parametrize(
    ("title", "header", "rows", "kind"),
    [
        ("指标分解表", ["县市", "投资（亿元）", "增速（%）"], [[c, "10", "5"] for c in _COUNTIES], "unit-indicator"),
        ("进度表", ["", "一季度", "上半年", "全年"], [[c, "1", "2", "4"] for c in _COUNTIES], "unit-period"),
        ("任务表", ["名称", "目标（亿元）"], [["新材料招商组", "8"], ["文旅招商组", "5"]], "group-indicator"),
        ("清单", ["序号", "项目名称", "总投资"], [["1", "产业园", "300"]], "project-list"),
        ("分解表", ["重点任务", "牵头单位", "时限"], [["建设产业园", "州发展改革委", "年底"]], "task-unit"),
        ("办法", ["类别", "指标", "分值", "计分标准"], [["发展", "投资", "20分", "排名计分"]], "scoring"),
        ("措施", ["奖励对象", "奖励金额"], [["升规企业", "10万元"]], "rewards"),
        ("推进情况月报表", ["序号", "项目名称", "总投资"], [], "report-form"),
        ("推进情况月报表", ["序号", "项目名称", "进展"], [["", "填全称", "在谈或已签约"]], "report-form"),
        ("获奖名单", ["", ""], [["张三", "州医院"], ["李四", "州一中"]], ""),
    ],
)
def test_kinds(title: str, header: list[str], rows: list[list[str]], kind: str) -> None:
    assert table_kind(title, header, rows) == kind
    assert kind in (*KINDS, "")
