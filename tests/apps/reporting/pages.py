"""Returns for the tests of pages: forms with cells of every kind, and rounds that are due around the present moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from luoshi.apps.reporting.models import FormVersion, Return, Round
from luoshi.periods import Cadence, Period, local_date
from tests.apps.reporting.making import World

#: Activities of a month: repeated rows with cells of every kind, and one row of a few answers.
PROJECTS: dict[str, Any] = {
    "sections": [
        {
            "key": "a",
            "title": "总体情况",
            "kind": "fixed",
            "help": "填到本月末",
            "fields": [
                {
                    "key": "visits",
                    "label": "外出招商",
                    "type": "integer",
                    "unit_of_measure": "次",
                    "required": True,
                    "minimum": "0",
                },
                {
                    "key": "talks",
                    "label": "在谈项目",
                    "type": "integer",
                    "unit_of_measure": "个",
                    "help": "含已签框架协议的项目",
                },
                {
                    "key": "money",
                    "label": "到位资金",
                    "type": "number",
                    "unit_of_measure": "万元",
                    "maximum": "9999999",
                },
                {"key": "plan", "label": "年度目标", "type": "number", "unit_of_measure": "万元"},
                {
                    "key": "rate",
                    "label": "完成率",
                    "type": "number",
                    "unit_of_measure": "%",
                    "decimals": 1,
                    "formula": "money / plan * 100",
                },
            ],
            "rows": [{"key": "r", "label": "本月"}],
        },
        {
            "key": "p",
            "title": "项目明细",
            "kind": "repeated",
            "identified_by": "name",
            "help": "一个项目一行",
            "fields": [
                {"key": "name", "label": "项目名称", "type": "text", "required": True},
                {
                    "key": "kind",
                    "label": "类别",
                    "type": "choice",
                    "choices": [
                        {"key": "industry", "label": "工业"},
                        {"key": "farm", "label": "农业"},
                        {"key": "service", "label": "服务业"},
                    ],
                },
                {"key": "unit", "label": "责任单位", "type": "unit"},
                {"key": "start", "label": "开工日期", "type": "date"},
                {"key": "sum", "label": "总投资", "type": "number", "unit_of_measure": "万元", "minimum": "0"},
                {"key": "done", "label": "已完成投资", "type": "number", "unit_of_measure": "万元", "minimum": "0"},
                {
                    "key": "share",
                    "label": "完成比例",
                    "type": "number",
                    "unit_of_measure": "%",
                    "decimals": 1,
                    "formula": "done / sum * 100",
                },
                {"key": "proof", "label": "佐证", "type": "file"},
            ],
        },
    ],
    "rules": [{"key": "not_over", "expression": "p.done <= p.sum", "message": "已完成投资不能超过总投资"}],
    "notes": "1. 金额以万元计。\n2. 项目名称与备案一致。",
}


def wide(rows: int = 50, columns: int = 10) -> dict[str, Any]:
    """A fixed section of so many numbers."""
    fields = [{"key": f"c{n}", "label": f"第{n}项", "type": "integer", "unit_of_measure": "户"} for n in range(columns)]
    return {
        "sections": [
            {
                "key": "w",
                "title": "分行业情况",
                "kind": "fixed",
                "fields": fields,
                "rows": [{"key": f"r{n}", "label": f"行业{n + 1}"} for n in range(rows)],
            }
        ]
    }


class PageWorld(World):
    """The small prefecture, with rounds of the present."""

    def now_due(
        self, version: FormVersion, *, due_in: dt.timedelta = dt.timedelta(days=2), back: int = 0
    ) -> dict[str, Return]:
        """Open a round of the form: last month's, or ``back`` months earlier; its returns by unit key."""
        now = timezone.now()
        period = Period.containing(local_date(now), Cadence.MONTHLY).previous()
        for _ in range(back):
            period = period.previous()
        due = now + due_in - dt.timedelta(days=30 * back)
        opened = Round.objects.create(
            form=version.form,
            version=version,
            period=str(period),
            first_day=period.first_day,
            last_day=period.last_day,
            opened_at=due - dt.timedelta(days=10),
            due_at=due,
            late_until=due + dt.timedelta(days=10),
        )
        for unit in version.reporters.all():
            Return.objects.create(round=opened, unit=unit)
        return {answer.unit.key: answer for answer in Return.objects.filter(round=opened).select_related("unit")}
