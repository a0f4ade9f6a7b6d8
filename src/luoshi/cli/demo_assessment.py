"""The demo's assessment: a scheme over the figures that the counties report, in force for the eleven of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luoshi.apps.assessment.models import Adoption

OWNER = "yunling-zhou"
#: Checks what the counties claim of market entities.
CHECKER = "zhou-shichang"
SCHEME = """\
key: market-race
title: 经营主体培育季度评分
period: quarter
document: 演示用的办法，分值为虚构
total: 100
groups:
  - key: growth
    title: 培育成效
    points: 80
    items:
      - key: "1"
        title: 净增经营主体完成率
        points: 40
        unit: 户
        method: {type: ranking}
        basis: completion
        source: 市场监管部门登记数据
        gates: [{when: 实际 < 0, because: 净减少不得分}]
      - {key: "2", title: 净增企业完成率, points: 30, unit: 户, method: {type: target}, source: 市场监管部门登记数据}
      - {key: "3", title: 净增农民专业合作社, points: 10, unit: 户, method: {type: ranking}, source: 市场监管登记数据}
  - key: work
    title: 工作质量
    points: 20
    items:
      - {key: "4", title: 报表迟报, points: 20, unit: 次, when_blank: 0, method: {type: deduction, points: 2}}
assumptions:
  - key: ranking
    text: 办法没有写明竞争性排名怎样计分
    when: scored
    items: ["1", "3"]
    default: step
    choices:
      step: {title: 得 满分×(单位数-名次+1)÷单位数}
      linear: {title: 末名得0分，得 满分×(单位数-名次)÷(单位数-1), set: {method: {variant: linear}}}
"""
#: Item → the indicator that the monthly form collects.
INDICATORS = {"1": "market-net-total", "2": "market-net-enterprise", "3": "market-net-cooperative"}


def is_filled() -> bool:
    """Whether the demo has a scheme already."""
    from luoshi.apps.assessment.models import Scheme

    return Scheme.objects.exists()


def fill_assessment(people: Mapping[str, Any], now: dt.datetime) -> None:
    """A scheme, its adoption and where its figures come from; the quarters scored by it."""
    from luoshi.apps.indicators.models import Indicator
    from luoshi.cli.demo_runs import fill_runs

    known = {one.key: one for one in Indicator.objects.filter(key__in=INDICATORS.values())}
    if len(known) < len(INDICATORS):
        return
    adoption = fill_schemes(people["tongchou"], known, now)
    fill_runs(people, adoption, now)


def fill_schemes(clerk: Any, indicators: Mapping[str, Any], now: dt.datetime) -> Adoption:
    """The scheme issued and adopted since the first quarter of the year whose quarter ended last."""
    from luoshi.apps.assessment import actions
    from luoshi.apps.organisations.models import Unit
    from luoshi.cli.demo_history import COUNTIES
    from luoshi.periods import Cadence, Period

    owner = Unit.objects.get(key=OWNER)
    made = actions.create_scheme(acting_user=clerk, owner=owner, origin="file", text=SCHEME)
    version = actions.issue_version(acting_user=clerk, version_id=made.pk)
    ended = Period.containing(now.date(), Cadence.QUARTERLY).previous()
    adoption = actions.adopt_scheme(
        acting_user=clerk,
        version=version,
        owner=owner,
        cadence="quarterly",
        first_period=f"{ended.year}Q1",
        terms=actions.Terms(
            name="经营主体培育比学赶超",
            units=[(unit, "") for unit in Unit.objects.filter(key__in=COUNTIES).order_by("path")],
        ),
    )
    checker = Unit.objects.get(key=CHECKER)
    for item, key in INDICATORS.items():
        actions.set_item_source(
            acting_user=clerk,
            adoption_id=adoption.pk,
            item=item,
            kind="indicator",
            indicator=indicators[key],
            checked_by=checker,
        )
    actions.set_item_source(
        acting_user=clerk, adoption_id=adoption.pk, item="4", kind="punctuality", parameters={"figure": "late"}
    )
    return adoption
