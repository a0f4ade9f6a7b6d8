"""Definitions as JSON, and everything that may be wrong with one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.forms import DefinitionError, FormDefinition, definition_problems, from_json, schema, to_json
from tests.forms.samples import FORM, WHOLE_FORMS, definitions


@WHOLE_FORMS
@given(definitions())
def test_json_round_trip(definition: FormDefinition) -> None:
    data = json.loads(json.dumps(to_json(definition), ensure_ascii=False))
    assert from_json(data) == definition
    assert to_json(from_json(data)) == data


def test_sample_is_sound() -> None:
    assert definition_problems(FORM) == []
    assert from_json(to_json(FORM)) == FORM


def broken(change: Any) -> list[str]:
    """The problems of the sample after ``change`` has spoilt its JSON."""
    data = json.loads(json.dumps(to_json(FORM)))
    change(data)
    with pytest.raises(DefinitionError) as error:
        from_json(data)
    return error.value.problems


def test_every_problem_at_once_with_its_place() -> None:
    def change(data: dict[str, Any]) -> None:
        entities, projects, _ = data["sections"]
        entities["fields"][3]["formula"] = "total / nothing"
        entities["fields"][1]["decimals"] = 9
        entities["rows"][0]["total_of"].append("elsewhere")
        projects["identified_by"] = "unknown"
        projects["fields"][2]["choices"] = []
        data["rules"][0]["expression"] = "entities.month <="
        data["rules"][1]["colour"] = "red"

    problems = broken(change)
    assert len(problems) == 7
    for expected in (
        "第1节“经营主体”第4列“完成率”：公式“total / nothing”“经营主体”没有名为“nothing”的列",
        "第1节“经营主体”第2列“当月新增”：小数位数应为0至6",
        "第1节“经营主体”第1行“全州合计”：合计的分项“elsewhere”不存在",
        "第2节“项目情况”：指定不得重复的列“unknown”不存在",
        "第2节“项目情况”第3列“类别”：还没有选项",
        "第1条校验规则“当月新增不应大于累计新增”：式子写法有误，请检查括号和运算符号（相等写作 ==）",
        "第2条校验规则：不认识的项目“colour”",
    ):
        assert expected in problems


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("sections", 0, "key"), "Entities", "应以小写字母开头"),
        (("sections", 0, "key"), "class", "保留字"),
        (("sections", 1, "key"), "entities", "编号“entities”重复"),
        (("sections", 0, "title"), " ", "没有名称"),
        (("sections", 0, "fields"), [], "还没有列"),
        (("sections", 0, "fields", 1, "key"), "target", "编号“target”重复"),
        (("sections", 0, "fields", 1, "type"), "colour", "不认识"),
        (("sections", 0, "fields", 1, "minimum"), "many", "下限应为数字"),
        (("sections", 0, "fields", 1, "minimum"), "NaN", "下限应为数字"),
        (("sections", 0, "fields", 1, "minimum"), "100000", "下限100000大于上限99999"),
        (("sections", 0, "fields", 1, "required"), "yes", "必填应为是或否"),
        (("sections", 0, "fields", 5, "cumulative"), True, "只有数字列可以设累计数"),
        (("sections", 0, "fields", 5, "formula"), "total", "只有数字列可以写计算公式"),
        (("sections", 0, "fields", 5, "choices"), [{"key": "a", "label": "甲"}], "只有选择列可以有选项"),
        (("sections", 0, "rows"), [], "还没有行"),
        (("sections", 0, "rows", 1, "total_of"), ["all"], "又包含它自己"),
        (("sections", 0, "rows", 1, "blocked"), ["colour"], "不填的列“colour”不存在"),
        (("sections", 0, "identified_by"), "total", "固定行的表不需要"),
        (("sections", 1, "rows"), [{"key": "x", "label": "某行"}], "不能有固定行"),
        (("sections", 1, "least_rows"), 50, "行数应为最少不超过最多"),
        (("sections", 1, "fields", 3, "observed"), True, "增加行的表不能记指标"),
        (("sections", 1, "fields", 3, "indicator"), "gdp", "增加行的表不能记指标"),
        (("sections", 1, "fields", 2, "choices", 1, "label"), "已签约", "选项“已签约”重复"),
        (("sections", 1, "fields", 2, "choices", 1, "label"), "已 签约", "选项“已 签约”重复"),
        (("sections", 1, "fields", 2, "choices", 1, "label"), "signed", "选项“signed”重复"),
        (("sections", 1, "fields", 2, "choices", 1, "label"), " ", "没有名称"),
        (("sections", 2, "fields", 0, "formula"), "count_of(projects) > 1", "算出来是条件，应是数字"),
        (("rules", 0, "severity"), "grave", "不认识"),
        (("rules", 0, "message"), "", "应有提示语"),
        (("rules", 0, "expression"), "entities.month + 1", "不是条件"),
        (("sections",), "none", "各节应为列表"),
        (("sections", 0), 5, "内容格式不对"),
    ],
)
def test_each_problem(path: tuple[Any, ...], value: Any, said: str) -> None:
    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    assert any(said in problem for problem in broken(change))


def test_circular_formulas() -> None:
    def change(data: dict[str, Any]) -> None:
        fields = data["sections"][0]["fields"]
        fields[4]["formula"] = "share + 1"
        fields[3]["formula"] = "sum_of(entities.growth)"

    assert any("互相引用" in problem for problem in broken(change))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "title", "rows"]), inner),
    max_leaves=10,
)


@given(JSON, st.sampled_from(("sections", "rules", "notes")))
def test_anything_else_is_refused_in_words(data: Any, name: str) -> None:
    for given_data in (data, {name: data}, {"sections": [data]}, {"sections": [{"fields": [data], "rows": [data]}]}):
        with pytest.raises(DefinitionError):
            from_json(given_data)


def test_schema_names_what_is_written() -> None:
    described = schema()
    field = described["properties"]["sections"]["items"]["properties"]["fields"]["items"]
    written = {key for section in to_json(FORM)["sections"] for one in section["fields"] for key in one}
    assert written <= set(field["properties"])
    assert field["required"] == ["key", "label", "type"]
    assert json.loads(json.dumps(described)) == described


def test_limits() -> None:
    many = replace(FORM.sections[0], rows=FORM.sections[0].rows * 600, fields=FORM.sections[0].fields * 600)
    assert definition_problems(replace(FORM, sections=(many,), rules=FORM.rules * 200)) == [
        "校验规则最多300条",
        "第1节“经营主体”：最多80列",
        "第1节“经营主体”：最多1000行",
        "固定行的格数超过20000，请拆成几张表",
    ]
