"""Scoring tables as offices print them, with what a person reads in them; invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Printed:
    """A table, and for each item by key: points, type of method, and whatever else must stand in its data."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    expected: dict[str, tuple[Any, str, dict[str, Any]]]
    groups: tuple[tuple[str, Any], ...] = ()
    by_hand: tuple[str, ...] = field(default=())


#: Categories carry their points, merged cells are blank, deductions by step and by case, a total, an extra and a veto.
PERFORMANCE = Printed(
    "云岭州乡村振兴季度考核评分表",
    ("考核类别", "序号", "考核内容", "分值", "评分标准", "佐证材料", "自评分"),
    (
        (
            "责任落实（20分）",
            "1",
            "专题研究",
            "8",
            "党委会每季度专题研究不少于1次，每少1次扣2分，扣完为止",
            "会议纪要",
            "",
        ),
        ("", "2", "到村督导", "12", "县级领导到村督导，每发现1个村未到扣0.5分，最多扣6分", "督导台账", ""),
        ("政策落实（50分）", "3", "新增就业完成率", "20", "完成年度目标得满分，每低1个百分点扣0.5分，扣完为止", "", ""),
        ("", "4", "资金支出进度", "15", "按支出完成率计分，完成率低于60%的不得分", "", ""),
        ("", "5", "自来水普及率", "15", "每低于目标值1个百分点扣1分", "", ""),
        ("工作成效（30分）", "6", "农民收入增速", "20", "按增速排名，第1名得20分，每降低1个名次递减1分", "", ""),
        ("", "7", "群众满意度", "10", "由第三方测评打分，按比例折算", "", ""),
        ("", "", "合计", "100", "", "", ""),
        ("加减分项", "8", "经验推广", "", "在全国性会议作经验交流的每次加2分，最多加4分", "", ""),
        ("", "9", "底线事项", "", "发生规模性返贫的，一票否决", "", ""),
    ),
    {
        "1": (8, "deduction", {"basis": "gap"}),
        "2": (12, "deduction", {"when_blank": 0, "unit": "个"}),
        "3": (20, "deduction", {"basis": "completion"}),
        "4": (15, "target", {}),
        "5": (15, "deduction", {"basis": "gap"}),
        "6": (20, "formula", {}),
        "7": (10, "share", {}),
        "8": (None, "addition", {"unit": "次"}),
        "9": (None, "veto", {}),
    },
    (("责任落实", 20), ("政策落实", 50), ("工作成效", 30), ("加减分项", None)),
)

#: Points in the items' own texts, no column for them; ranks in bands; steps of completion; headings across the table.
PLAIN = Printed(
    "白溪县营商环境百分制考评细则",
    ("考评事项", "计分办法"),
    (
        ("一、政务服务（55分）", ""),
        ("全程网办率（20分）", "按网办率由高到低排名，第1名得20分，第2—4名得16分，第5—8名得12分，其余得8分"),
        ("办件按时办结率（20分）", "办结率100%得20分，98%以上得15分，95%以上得10分，95%以下不得分"),
        ("投诉处理（15分）", "每出现1件逾期未办结投诉扣3分"),
        ("二、市场环境（45分）", ""),
        ("新登记企业（25分）", "每新增10户得1分，最高25分"),
        ("企业评价（20分）", "由企业代表评议，去掉一个最高分和一个最低分后取平均分"),
    ),
    {
        "1": (20, "ranking", {}),
        "2": (20, "formula", {}),
        "3": (15, "deduction", {"unit": "件"}),
        "4": (25, "formula", {"unit": "户"}),
        "5": (20, "judges", {}),
    },
    (("政务服务", 55), ("市场环境", 45)),
)

#: Three levels, weights in per cent, competitive ranking from the lowest, a share of the best, what nobody can read.
WEIGHTS = Printed(
    "云江市绿色发展年度考核指标表",
    ("一级指标", "二级指标", "三级指标", "权重", "计算方法", "数据来源"),
    (
        ("资源利用", "能源", "单位产值能耗", "30%", "从低到高竞争性排名计分", "统计部门"),
        ("", "水", "用水总量", "20%", "控制在目标以内得满分，否则不得分", "水利部门"),
        (
            "环境质量",
            "空气",
            "优良天数比率",
            "30%",
            "与最高值之比折算，排名第1名得满分，其余按与第1名的比例得分",
            "生态环境部门",
        ),
        ("", "水体", "断面水质", "20%", "综合研判后认定", "生态环境部门"),
    ),
    {
        "1": (30, "ranking", {"better": "lower"}),
        "2": (20, "formula", {"basis": "gap"}),
        "3": (30, "ranking", {}),
        "4": (20, "share", {}),
    },
    (("资源利用", None), ("环境质量", None)),
    by_hand=("4",),
)

#: One item over several rows with points of their own, and a list within a cell.
PARTS = Printed(
    "玉带区安全生产考核细则",
    ("序号", "考核项目", "标准分", "扣分标准", "得分"),
    (
        ("1", "隐患整改", "10", "重大隐患每有1处未按期整改扣5分", ""),
        ("", "", "5", "一般隐患每有1处未按期整改扣1分", ""),
        ("2", "宣传培训", "15", "①开展应急演练（8分）；②组织全员培训（7分）", ""),
        ("3", "事故控制", "20", "事故起数每比上年增加1起扣4分", ""),
        ("4", "招商项目", "20", "新签2亿元以上和5亿元以上项目，各10分，目标管理法评分", ""),
    ),
    {
        "1": (15, "record", {}),
        "2": (15, "record", {}),
        "3": (20, "deduction", {}),
        "4": (20, "target", {}),
    },
    by_hand=("2",),
)

ALL = (PERFORMANCE, PLAIN, WEIGHTS, PARTS)

#: Tables that are none of scoring.
OTHERS: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = (
    (("单位", "一季度", "二季度", "全年"), (("白溪县", "10", "20", "60"), ("云江市", "12", "30", "80"))),
    (("单位", "得分", "名次"), (("白溪县", "96.5", "1"), ("云江市", "88", "2"))),
    (("序号", "项目名称", "总投资", "责任单位"), (("1", "云江大桥", "12", "交通局"), ("2", "新桥", "3", "工信局"))),
    (("任务", "牵头单位", "完成时限"), (("修订方案", "发改局", "6月底"), ("开展督查", "督查室", "每季度"))),
    (("企业类型", "奖励标准"), (("规模以上", "奖励10万元"), ("高新技术", "奖励20万元"))),
    ((), ()),
)  # fmt: skip
