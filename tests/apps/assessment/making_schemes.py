"""A plan with a scoring table, for the tests of schemes."""

from __future__ import annotations

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, PlanTable, PlanVersion
from tests.apps.assessment.making_runs import at
from tests.apps.plans.making import make_document

LINES = """云岭州2026年招商竞赛方案
一、总体要求
各县市按季度比，按年度评。
附件
竞赛评分表
类别 序号 指标 分值 计分标准
季度指标 1 到位资金增幅 60分 以统计数据为准，按增速竞争性排名计分，负增长不得分
2 外出招商次数 40分 招商总结，按次数竞争性排名计分
合计 100分
年度指标 3 到位资金完成率 70分 目标管理法
4 项目质量 30分 综合研判
合计 100分
注：全年得分=前3个季度得分之和÷6+年度得分÷2。"""
HEADER = ["类别", "序号", "指标", "分值", "计分标准"]
ROWS = [
    ["季度指标", "1", "到位资金增幅", "60分", "以统计数据为准，按增速竞争性排名计分，负增长不得分"],
    ["", "2", "外出招商次数", "40分", "招商总结，按次数竞争性排名计分"],
    ["", "", "合计", "100分", ""],
    ["年度指标", "3", "到位资金完成率", "70分", "目标管理法"],
    ["", "4", "项目质量", "30分", "综合研判"],
    ["", "", "合计", "100分", ""],
]


def make_table(owner: Unit) -> PlanTable:
    """A published plan with its scoring table, and a table that scores nothing."""
    document = make_document("竞赛方案.txt", LINES)
    plan = Plan.objects.create(title="云岭州2026年招商竞赛方案", year=2026, owner=owner)
    version = PlanVersion.objects.create(
        plan=plan, ordinal=1, document=document, first_line=1, last_line=13, published_at=at(1, 1)
    )
    common = {"plan": plan, "version": version, "text": "表", "spans": []}
    PlanTable.objects.create(
        **common, line=1, line_end=2, title="任务表", header=["县市", "任务"], rows=[["北川县", "10"]]
    )
    return PlanTable.objects.create(**common, line=5, line_end=12, title="竞赛评分表", header=HEADER, rows=ROWS)
