"""Schemes from YAML: what comes out, what is refused, on which line, in which words."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from luoshi.scoring import (
    METHODS,
    SHIPPED,
    ChoiceError,
    SchemeError,
    describe,
    dump,
    from_data,
    load,
    schema_text,
    shipped,
    shipped_text,
    with_choices,
)
from luoshi.scoring.yaml_text import MOST_DEPTH, read_yaml
from tests.scoring.samples import item, scheme

GOOD = """\
key: sample
title: 样例
total: 20
groups:
  - key: g
    title: 项目
    points: 20
    items:
      - key: "1"
        title: 增速
        points: 20
        unit: "%"
        method: {type: ranking}
        gates: [{when: 实际 < 0, because: 负增长不得分}]
assumptions:
  - key: ranking
    text: 没有写明
    items: ["1"]
    default: step
    choices:
      step: {title: 等差}
      linear: {title: 末名0分, set: {method: {variant: linear}}}
"""


def problems(text: str | bytes) -> list[str]:
    """What is wrong with a text, as people read it."""
    with pytest.raises(SchemeError) as raised:
        load(text)
    return [str(problem) for problem in raised.value.problems]


def test_a_good_scheme() -> None:
    made = load(GOOD)
    assert (made.key, made.total, len(made.items), made.items[0].unit) == ("sample", 20, 1, "%")
    assert load(GOOD.encode("utf-8-sig")) == made == load(GOOD.encode("gb18030"))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: 增速\n", "titel: 增速\n", "第9行：groups 第1个的 items 第1个：缺少 title"),
        ("title: 增速\n", "titel: 增速\n", "第10行：groups 第1个的 items 第1个：不认识“titel”，可用的有：key、title"),
        ("points: 20\n        unit", "points: 二十\n        unit", "第11行：{}的 points：应为数字"),
        ("points: 20\n        unit", "points: .inf\n        unit", "第11行：{}的 points：应为数字"),
        ("points: 20\n        unit", "points: 1e9\n        unit", "第11行：{}的 points：应为数字"),
        ("points: 20\n        unit", "points: -1\n        unit", "第11行：分值不能是负数"),
        ("points: 20\n        unit", "points: 0\n        unit", "第11行：“竞争性排名计分”的项目要有分值"),
        ("points: 20\n    items", "points: 30\n    items", "第7行：各项合计20分，与“项目”的30分不符"),
        ("total: 20", "total: 100", "第3行：各类合计20分，与总分100分不符"),
        ('key: "1"\n', "key: 1\n", "第9行：groups 第1个的 items 第1个的 key：应为60字以内"),
        ("{type: ranking}", "{type: rank}", "第13行：{}的 method 的 type：只能是：ranking、target"),
        ("{type: ranking}", "{}", "第13行：groups 第1个的 items 第1个的 method：缺少 type"),
        ("{type: ranking}", "ranking", "第13行：groups 第1个的 items 第1个的 method：应为若干“名称: 内容”"),
        ("{type: ranking}", "{type: ranking, cap: 1}", "第13行：groups 第1个的 items 第1个的 method：不认识“cap”"),
        ("{type: ranking}", "{type: ranking, first: 0}", "first：不能小于1"),
        ("{type: ranking}", "{type: ranking, variant: bands}", "第13行：按名次分档计分要有 bands"),
        ("{type: ranking}", "{type: distance, tolerance: 0}", "第13行：扣完全部分数的距离（tolerance）须大于 0"),
        ("{type: ranking}", "{type: deduction, points: 1, per: 0}", "第13行：每多少计一次（per）须大于 0"),
        ("{type: ranking}", "{type: year-on-year, full_at: 0}", "得0分处（zero_at）与得满分处（full_at）不能相同"),
        ("{type: ranking}", "{type: year-on-year, full_at: -1}", "与该指标的好坏方向（better）不一致"),
        ("{type: ranking}", "{type: target, cap: 0.5, floor: 0.6}", "最高比例（cap）低于最低比例（floor）"),
        ("{type: ranking}", "{type: target, cap: null, bonus: {points: 1}}", "最高比例（cap）须为 1"),
        ("{type: ranking}", "{type: veto, effect: cap}", "要写明最高得分 cap"),
        ("{type: ranking}", "{type: addition, points: 1}", "第11行：“加分”的项目没有分值"),
        ("{type: ranking}", "{type: formula, formula: 实际 +}", "第13行：计分公式式子写法有误"),
        ("{type: ranking}", "{type: formula, formula: __import__('os')}", "计分公式“__import__('os')”不是可用的写法"),
        ("{type: ranking}", "{type: formula, formula: 实际.real}", "第13行：计分公式“实际.real”不是可用的写法"),
        ("实际 < 0", "人口 < 0", "第14行：不得分的条件没有名为“人口”的数，可用的有：实际、目标、上期"),
        ("实际 < 0", "名次 < 3", "第14行：不得分的条件没有名为“名次”的数"),
        ("实际 < 0", "实际 - 1", "第14行：不得分的条件算出来是数字，应是条件"),
        ("method: {type: ranking}", "basis: gap\n        method: {type: target}", "“目标管理法”只能按完成率计"),
        ("default: step", "default: stop", "第19行：缺省做法“stop”不在 choices 之中"),
        ('items: ["1"]', 'items: ["1", "9"]', "第18行：没有“9”这个项目"),
        ("variant: linear", "variant: lineal", "第22行：约定“ranking”选“linear”时：method 的 variant：只能是"),
        ("variant: linear", "type: addition, points: 1", "第22行：约定“ranking”选“linear”时：“加分”的项目没有分值"),
        ("title: 样例", "title: 样例\ntitle: 再来", "第3行：“title”写了两次"),
        ("title: 样例", "title: &a 样例", "第2行：不能用 & 和 * 引用"),
        ("title: 样例", "title: *a", "第2行：不能用 & 和 * 引用"),
        ("title: 样例", "<<: {a: 1}", "第2行：不能用 << 合并"),
        ("title: 样例", "title: !!python/name:os.system x", "第2行：不能用 ! 类型标记"),
        ("title: 样例", "title: !!str x", "第2行：不能用 ! 类型标记"),
        ("title: 样例", "? [a]\n: b", "第2行：冒号前面只能是名称"),
        ("title: 样例", "title: 样例\n---\nkey: b", "第3行：一个文件只写一份评分办法"),
        ("title: 样例", "\ttitle: 样例", "第2行：缩进只用空格，不用制表符"),
        ("title: 样例", 'title: "样例', "引号没有配对"),
        ("title: 样例", "title: @样例", "第2行：有不能这样开头的符号"),
        ("title: 样例", "title: a: b", "第2行：冒号的位置不对"),
        ("title: 样例", "title: [a, b", "括号"),
        ("title: 样例", "title: 样\x07例", "第2行：有不能用的字符"),
        ("title: 样例", "title: " + "长" * 5000, "第2行：一处文字超过4000字"),
        ("title: 样例", "title: " + "长" * 300, "第2行：title：不能超过200字"),
        ("title: 样例", "title:", "第2行：title：应为文字"),
        ("title: 样例", "title: 样例\nelsewhere: ['1']", "第3行：“1”既在本办法计分，又写明在别处计分"),
        ("title: 样例", "title: 样例\nparts: [{key: Q1, scheme: x}]", "parts 和 combination 要一起写"),
        ("title: 样例", "title: 样例\ncombination: {formula: Q1 + Q9}", "没有名为“Q1”的数"),
        ("title: 样例", "title: 样例\nleast: 5\nmost: 1", "第3行：总分的最低分高于最高分"),
    ],
)  # fmt: skip
def test_problems_name_the_line(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    expected = expected.replace("{}", "groups 第1个的 items 第1个")
    assert any(expected in problem for problem in found), found


def test_problems_are_chinese_for_any_shape_of_data() -> None:
    for text in (
        "",
        "null",
        "[]",
        "1",
        "key: []",
        "{}",
        "- a\n- b",
        "key: x\ntitle: y",
        "key: x\ntitle: y\ngroups: []",
    ):
        assert all("一" <= problem[-1] <= "龥" or problem[-1] in "）”、…key title" for problem in problems(text)), text


def test_doubled_keys_and_parts() -> None:
    with pytest.raises(SchemeError, match="项目“1”重复"):
        scheme(item(), item())
    whole = item("target", 18, parts=[item("target", 10, "a"), item("target", 10, "b")])
    with pytest.raises(SchemeError, match="各分项合计20分，与该项18分不符"):
        scheme(whole)
    with pytest.raises(SchemeError, match="各分项都是0分"):
        scheme({**whole, "spread": "scaled", "parts": [item("record", 0, "a")]})
    with pytest.raises(SchemeError, match="不在单位分组"):
        scheme(item(applies_to=["园区"]))
    with pytest.raises(SchemeError, match="名次靠后的档次，分值不能更高"):
        scheme(item(method={"bands": [{"to": 1, "points": 5}, {"to": 2, "points": 9}]}))
    with pytest.raises(SchemeError, match="档次表的分值超过本项的20分"):
        scheme(item(method={"bands": [{"to": 1, "points": 50}]}))


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 5000 + "]" * 5000,
        "a: " + "{b: " * 3000 + "}" * 3000,
        "\n".join(" " * at + "a:" for at in range(2000)),
        "a: [" + "1, " * 60_000 + "]",
        "x" * 300_000,
        "- " * 3000,
    ],
)
def test_hostile_files_end_soon(text: str) -> None:
    begin = time.process_time()
    assert problems(text)
    assert time.process_time() - begin < 20


def test_depth_that_is_allowed() -> None:
    data, lines = read_yaml("[" * MOST_DEPTH + "1" + "]" * MOST_DEPTH)
    for _ in range(MOST_DEPTH):
        (data,) = data
    assert data == 1 and lines[()] == 1


def test_numbers_stay_as_written() -> None:
    data, _ = read_yaml("[0.1, 10, 010, 1_000, 0x1F, 1:30, yes, null, '5', 2023-01-01, 0.10000000000000000000001]")
    assert [str(one) for one in data] == [
        "0.1", "10", "10", "1_000", "0x1F", "1:30", "True", "None", "5", "2023-01-01", "0.10000000000000000000001",
    ]  # fmt: skip


@pytest.mark.parametrize("key", SHIPPED)
def test_shipped_schemes(key: str) -> None:
    """Each loads, says itself in words, comes back from YAML the same, and stands under every choice that it offers."""
    made = shipped(key)
    assert made.key == key
    assert load(dump(made)) == made and dump(load(dump(made))) == dump(made)
    lines = list(describe(made))
    assert lines[0] == made.title and len(lines) > len(made.items)
    for assumption in made.assumptions:
        assert assumption.items or assumption.ladders or made.parts
        for choice in assumption.choices:
            other = with_choices(made, {assumption.key: choice.key})
            assert (other == made) is (choice.key == assumption.default), (assumption.key, choice.key)
            assert with_choices(other, {assumption.key: assumption.default}) == made
    for part in made.parts:
        assert part.scheme in SHIPPED
    for one in made.items:
        assert not one.takes or one.takes in SHIPPED


@pytest.mark.parametrize(
    ("key", "points"),
    [
        ("zhaoshang-2023-county-quarter", [20] * 5),
        ("zhaoshang-2023-county-year", [15, 15, 15, 12, 5, 5, 15, 9, 9]),
        ("zhaoshang-2023-group-quarter", [30, 30, 10, 30]),
        ("zhaoshang-2023-group-year", [30, 20, 15, 10, 12.5, 12.5]),
        ("fiscal-2018-county", [25] * 4),
    ],
)
def test_points_as_printed(key: str, points: list[float]) -> None:
    made = shipped(key)
    assert [float(one.points) for one in made.items] == points
    assert made.total == 100


def test_choices_that_are_not_offered() -> None:
    made = shipped("zhaoshang-2023-county-quarter")
    with pytest.raises(ChoiceError, match="没有可选的约定“weather”，可选的有：ranking"):
        with_choices(made, {"weather": "fine"})
    with pytest.raises(ChoiceError, match="约定“ranking”没有“steep”这种做法，可选的有：step、linear、proportional"):
        with_choices(made, {"ranking": "steep"})


def test_schema_is_sound_and_knows_every_method() -> None:
    schema = json.loads(schema_text())
    Draft202012Validator.check_schema(schema)
    types = schema["$defs"]["method"]["properties"]["type"]["enum"]
    assert set(types) == set(METHODS)
    told = [branch["if"]["properties"]["type"] for branch in schema["$defs"]["method"]["allOf"]]
    assert {name for one in told for name in one.get("enum", [one.get("const")])} == set(METHODS)


def test_an_item_says_all_that_a_part_may(project: Path) -> None:
    """Parts inherit what they do not say themselves, so that the two lists must not drift apart."""
    defs = json.loads(schema_text())["$defs"]
    item_keys, part_keys = set(defs["item"]["properties"]), set(defs["part"]["properties"])
    assert item_keys - part_keys == {"spread", "parts"} and part_keys <= item_keys
    assert (project / "src/luoshi/scoring/scheme.schema.json").is_file()


def test_data_and_text_agree() -> None:
    data: Any = dict(load(GOOD).data)
    assert from_data(data) == load(GOOD)
    for key in SHIPPED:
        assert shipped_text(key).startswith(f"key: {key}\n")
