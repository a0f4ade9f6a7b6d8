"""Plans that contradict themselves, for the tests of the check-up; the texts are invented."""

from __future__ import annotations

#: One indicator with two values, a column that does not add up, a doubled syllable.
PLAN = """云岭州2026年茶产业行动方案

一、行动目标

2026年，全州新建标准茶园12万亩以上，茶叶加工企业达到80户。

二、重点任务

（一）扩大种植规模。年内新建标准茶园15万亩，6月底前完成。（牵头单位：州农业农村局；责任单位：州财政局，各县县人民政府）

（二）壮大加工企业。新培育茶叶龙头企业6户。（牵头单位：州农业农村局；责任单位：州财政局）

附件：云岭州2026年茶产业任务分解表

附件

云岭州2026年茶产业任务分解表

单位：万亩

县市\t一季度\t二季度\t三季度\t四季度\t全年
青石县\t1\t2\t3\t4\t10
白水县\t1\t1\t1\t2\t5
合计\t2\t3\t4\t6\t16
"""

#: Nothing to be found in it.
SOUND = """云岭州2026年茶产业行动方案

一、重点任务

（一）扩大种植规模。年内新建标准茶园15万亩。（牵头单位：州农业农村局；责任单位：州财政局）
"""
