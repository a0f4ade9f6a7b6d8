"""Scoring over HTTP without a database: what ``luoshi score`` gives, for a scheme and facts that are sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from luoshi.apps.assessment.errors import Invalid
from luoshi.scoring import SHIPPED, FactsError, Options, ScoringError, load, read_facts, records, score, shipped
from luoshi.site.api.values import Text

scoring = Router(tags=["考核"])
MOST_SCHEME, MOST_FACTS = 200_000, 4_000_000
MOST_CELLS = 100_000


class ScoreIn(Schema):
    """评分办法和数据表。"""

    scheme: Text = Field(max_length=MOST_SCHEME, description="随软件提供的代码，或评分办法的 YAML")
    facts: Text = Field(max_length=MOST_FACTS, description="数据表：CSV，列为 unit,item,value,target")
    choices: dict[str, Text] = Field({}, description='换一种约定，如 {"ranking": "linear"}')
    units: list[Text] = Field([], max_length=10_000, description="应参评的单位；没有数据的也计入单位数")
    details: bool = Field(False, description="另给名次、算式、升一名所需、约定和结果运用")


@scoring.post("", response=list[dict[str, Any]], summary="按评分办法计分")
def score_facts(request: HttpRequest, body: ScoreIn) -> list[dict[str, Any]]:
    """不存入任何数据；记录与 `luoshi score --format json` 相同。"""
    try:
        scheme = shipped(body.scheme) if body.scheme in SHIPPED else load(body.scheme)
        facts = read_facts(body.facts, scheme)
        if len(facts.rows) > MOST_CELLS or (len(facts.units()) + len(body.units)) * len(scheme.items) > MOST_CELLS:
            raise Invalid(f"数据超过{MOST_CELLS}个，请用命令行 luoshi score。")
        result = score(scheme, facts, Options(choices=body.choices, units=body.units))
    except FactsError as error:
        raise Invalid(f"数据表：{error}。") from error
    except ScoringError as error:
        raise Invalid(f"评分办法：{error}。") from error
    return records(result, details=body.details)
