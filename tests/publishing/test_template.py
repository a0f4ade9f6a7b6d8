"""Templates: what passes, what is refused and how it is told, what comes out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.publishing import (
    Field,
    Paper,
    Paragraphs,
    TemplateRefused,
    check_template,
    contents,
    render,
    used_fields,
    words,
)
from luoshi.publishing import template as engine
from luoshi.publishing.ooxml import w
from luoshi.publishing.package import MAIN, Parts
from tests.publishing.samples import FIELDS, ORIGIN, figure, template, values, whole_template

SOUND = (
    "{{ 总体 }}其中：",
    "{% if 有未报 %}有未报{% elif not 名单 %}无{% else %}全报{% endif %}",
    "{# 写给办公室看的话 #}正文",
    "“{{ 标题 }}”",
    "{% for 甲 in 名单 %}{{ loop.index }}.{{ 甲.单位 }}{% endfor %}",
)
WRONG = (
    ("{{ 总题 }}", "没有“总题”这个字段，是否应为“标题”或“总体”？"),
    ("全州{{ 标题", "标签没有写完，缺少“}}”"),
    ("全州 }} 完成", "多了“}}”"),
    ("{{ 标题.__class__ }}", "“标题”下面没有可取的内容"),
    ("{{ _内部 }}", "不允许使用“_内部”"),
    ("{{ 标题|upper }}", "不能写运算、函数或过滤器"),
    ("{{ 7 * 7 }}", "不能写运算、函数或过滤器"),
    ("{{ cycler() }}", "不能写运算、函数或过滤器"),
    ("{{ ''.__class__.__mro__ }}", "不能再往下取"),
    ("{% set 甲 = 1 %}", "不支持“set”"),
    ("{% include '/etc/passwd' %}", "不支持“include”"),
    ("{% import 'os' as o %}", "不支持“import”"),
    ("{% for 行 in 标题 %}{% endfor %}", "“标题”不是清单"),
    ("{% for 行 in range(9) %}{% endfor %}", "循环应写成“for 行 in 清单”"),
    ("{% for 行 in 名单 if 行 %}{% endfor %}", "不能带条件"),
    ("{% for 标题 in 名单 %}{% endfor %}", "已被占用"),
    ("{% for 行 in 名单 %}{{ 行.价格 }}{% endfor %}", "没有“价格”这一列，可用的有：单位、次数"),
    ("{% for 行 in 名单 %}{{ 行 }}{% endfor %}", "请写“{{ 行.列 }}”"),
    ("{% for 行 in 名单 %}{{ loop.previtem }}{% endfor %}", "loop 后只能写"),
    ("{% if 有未报 %}", "没有在同一段内结束"),
    ("{% endif %}", "前面没有对应的“if”"),
    ("{% if 标题 == '甲' %}{% endif %}", "条件里只能写字段名"),
    ("{% if 完成表 %}{% endif %}", "不能作条件"),
    ("见{{ 完成表 }}", "应单独成一段"),
    ("{{ 名单 }}", "是清单"),
    ("{{ 有未报 }}", "只能用在"),
    ("{%p if 有未报 %}另有", "里面不能有别的字"),
    ("{%tr for 行 in 名单 %}", "只能写在表格里"),
    ("{%tc for 行 in 名单 %}", "不支持“{%tc %}”"),
    ("{{p 标题 }}", "不需要写 p"),
    ("{{- 标题 }}", "不要写减号"),
    (
        "{% if 有未报 %}{% if 有未报 %}{% if 有未报 %}{% if 有未报 %}{% endif %}{% endif %}{% endif %}{% endif %}",
        "最多套3层",
    ),
)


def messages(data: bytes) -> list[str]:
    return [str(problem) for problem in check_template(data, FIELDS)]


@pytest.mark.parametrize("line", SOUND)
def test_what_an_office_writes_passes(line: str) -> None:
    assert messages(template(line)) == []


def test_the_whole_template_passes_and_names_its_fields() -> None:
    assert messages(whole_template()) == []
    assert used_fields(whole_template(), FIELDS) == [field.name for field in sorted(FIELDS, key=_by_use)]


def _by_use(field: Field) -> int:
    return ("标题", "总体", "分县情况", "完成表", "完成图", "有未报", "名单").index(field.name)


@pytest.mark.parametrize(("line", "told"), WRONG)
def test_what_is_wrong_is_told_with_its_place_and_refused(line: str, told: str) -> None:
    problems = check_template(template("全州情况。", line), FIELDS)
    assert problems and all(problem.fatal for problem in problems)
    assert told in str(problems[0]) and str(problems[0]).startswith("正文第5段")
    with pytest.raises(TemplateRefused):
        render(template(line), FIELDS, values(), ORIGIN)


def test_blocks_of_paragraphs_must_begin_and_end_alike() -> None:
    told = messages(template("{%p if 有未报 %}", "文字{% endif %}"))
    assert any("不在同一层" in message for message in told)
    assert any("没有对应的结束标签" in message for message in messages(template("{%p for 行 in 名单 %}", "文字")))


def rows_template(cells: tuple[str, ...]) -> bytes:
    paper = Paper()
    made = w("tbl", w("tblPr"), w("tblGrid", w("gridCol", w=4000), w("gridCol", w=4000)))
    for cell in cells:
        row = w("tr")
        for text in cell.split("|"):
            node = w("t")
            node.text = text
            row.append(w("tc", w("p", w("r", node))))
        made.append(row)
    paper.block(made)
    return paper.to_bytes()


def test_rows_of_a_table_are_repeated() -> None:
    data = rows_template(("单位|次数", "{%tr for 行 in 名单 %}|", "{{ 行.单位 }}|{{ 行.次数 }}", "{%tr endfor %}|"))
    assert [problem for problem in check_template(data, FIELDS) if problem.fatal] == []
    given = values() | {"名单": [{"单位": "永安县", "次数": figure("1")}, {"单位": "石屏县", "次数": figure("3")}]}
    (grid,) = [block for block in contents(render(data, FIELDS, given, ORIGIN)).blocks if hasattr(block, "rows")]
    assert [[cell.text for cell in row] for row in grid.rows] == [["单位", "次数"], ["永安县", "1"], ["石屏县", "3"]]
    assert "里面不能有别的字" in messages(rows_template(("{%tr for 行 in 名单 %}|多余", "{%tr endfor %}|")))[0]
    assert "不能放在表格里" in messages(rows_template(("{{ 完成表 }}|",)))[0]


def test_tags_torn_apart_by_the_word_processor_are_read() -> None:
    parts = Parts.read(template("{{ 总体 }}"))
    torn = "{{ </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>总</w:t></w:r><w:r><w:t>体 }</w:t></w:r><w:r><w:t>}"
    parts.members[MAIN] = parts.members[MAIN].replace("{{ 总体 }}".encode(), torn.encode())
    assert check_template(parts.to_bytes(), FIELDS) == []
    assert "全州完成固定资产投资123.4亿元。" in [
        block.text
        for block in contents(render(parts.to_bytes(), FIELDS, values(), ORIGIN)).blocks
        if hasattr(block, "text")
    ]


def test_a_document_has_every_number_with_its_reference() -> None:
    found = contents(render(whole_template(), FIELDS, values(), ORIGIN))
    assert found.manifest is not None
    texts = [block.text for block in found.blocks if hasattr(block, "text") and block.text]
    assert texts[3:8] == ["全州完成固定资产投资123.4亿元。", *(f"{u}完成率为{r}%。" for u, r in RATES)]
    assert texts[-1] == "未报：石屏县（2次）。"
    marked = {
        piece.number: piece.text
        for block in found.blocks
        for line in _lines(block)
        for piece in line.pieces
        if piece.number is not None
    }
    listed = {numbered.number: numbered.figure.text for numbered in found.manifest.figures if not numbered.place}
    assert marked == listed and len(marked) == 10
    charted = [numbered for numbered in found.manifest.figures if numbered.place]
    assert [numbered.place for numbered in charted] == [f"图1/完成率/{unit}" for unit, _ in RATES]
    assert {numbered.figure.reference.unit for numbered in charted} == {unit for unit, _ in RATES}
    assert (found.manifest.key, found.manifest.snapshot, found.manifest.template) == ("bulletin:7", "a" * 64, "b" * 64)


RATES = (("永安县", "40.5"), ("石屏县", "47.2"), ("大理市", "54.0"), ("云岭高新区", "61.3"))


def _lines(block: object) -> list:  # type: ignore[type-arg]
    if hasattr(block, "rows"):
        return [line for row in block.rows for cell in row for line in cell.lines]
    return [block] if hasattr(block, "pieces") else []


def test_no_paragraphs_leave_no_gap() -> None:
    with_text = contents(render(whole_template(), FIELDS, values(), ORIGIN))
    without = contents(render(whole_template(), FIELDS, values() | {"分县情况": Paragraphs(())}, ORIGIN))
    assert len(with_text.blocks) - len(without.blocks) == 4


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_the_file_or_becomes_a_tag(text: str) -> None:
    found = contents(render(template("{{ 总体 }}"), FIELDS, values() | {"总体": words("值：", text)}, ORIGIN))
    shown = [block.text for block in found.blocks if hasattr(block, "text")][-1]
    kept = "".join(char for char in text if char == "\n" or char.isprintable() or char.isspace())
    assert shown.startswith("值：") and (not text.isalnum() or text in shown or not kept)


def test_text_that_looks_like_a_tag_or_xml_stays_text() -> None:
    nasty = "<w:p/>&amp;{{ 标题 }}{% for %}{_{ \x07\x0c\ue000"
    found = contents(render(template("{{ 总体 }}"), FIELDS, values() | {"总体": nasty}, ORIGIN))
    assert [block.text for block in found.blocks if hasattr(block, "text")][-1].startswith(
        "<w:p/>&amp;{{ 标题 }}{% for %}"
    )


def changed(change: Callable[[dict[str, bytes]], None]) -> bytes:
    parts = Parts.read(template("{{ 总体 }}"))
    change(parts.members)
    return parts.to_bytes()


def _external(members: dict[str, bytes]) -> None:
    name = "word/_rels/document.xml.rels"
    link = b'<Relationship Id="rId99" Type="http://x/attachedTemplate" Target="http://x/a.dotm" TargetMode="External"/>'
    members[name] = members[name].replace(b"</Relationships>", link + b"</Relationships>")


def _macro(members: dict[str, bytes]) -> None:
    members["word/vbaProject.bin"] = b"x"


def _object(members: dict[str, bytes]) -> None:
    members["word/embeddings/oleObject1.bin"] = b"x"


def _fetching(members: dict[str, bytes]) -> None:
    code = b'<w:r><w:instrText>INCLUDETEXT "c:\\\\secret.txt"</w:instrText></w:r></w:p>'
    members[MAIN] = members[MAIN].replace(b"</w:p>", code, 1)


def _revised(members: dict[str, bytes]) -> None:
    members[MAIN] = members[MAIN].replace(b"</w:p>", b"<w:ins><w:r><w:t>x</w:t></w:r></w:ins></w:p>", 1)


def _footnote(members: dict[str, bytes]) -> None:
    members["word/footnotes.xml"] = b"<x>{{ y }}</x>"


def _entity(members: dict[str, bytes]) -> None:
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
    members[MAIN] = head + members[MAIN].split(b"?>", 1)[1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_external, "外部"),
        (_macro, "宏"),
        (_object, "对象"),
        (_fetching, "域"),
        (_revised, "修订"),
        (_footnote, "脚注"),
        (_entity, "DTD"),
    ],
)
def test_files_that_run_or_fetch_are_refused(change: Callable[[dict[str, bytes]], None], told: str) -> None:
    problems = check_template(changed(change), FIELDS)
    assert any(problem.fatal and told in problem.message for problem in problems)


def test_bombs_and_other_files_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MAIN, b" " * 20_000_000)
    assert "压缩炸弹" in messages(out.getvalue())[0]
    assert "损坏" in messages(b"no zip")[0]
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    assert "不是 Word 文档" in messages(empty.getvalue())[0]
    assert "超过" in messages(b"0" * 9_000_000)[0]


def test_loops_within_loops_are_bounded() -> None:
    line = "{% for 甲 in 名单 %}{% for 乙 in 名单 %}{% for 丙 in 名单 %}字{% endfor %}{% endfor %}{% endfor %}"
    many = values() | {"名单": [{"单位": "永安县", "次数": "1"}] * 100}
    with pytest.raises(TemplateRefused, match="循环"):
        render(template(line), FIELDS, many, ORIGIN)


def test_output_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_CHARACTERS", 20_000)
    line = "{% for 甲 in 名单 %}" + "字" * 500 + "{% endfor %}"
    with pytest.raises(TemplateRefused, match="过大"):
        render(template(line), FIELDS, values() | {"名单": [{"单位": "永安县", "次数": "1"}] * 100}, ORIGIN)


def test_values_must_suit_their_fields() -> None:
    with pytest.raises(ValueError, match="没有给出字段“总体”"):
        render(template("{{ 总体 }}"), FIELDS, {k: v for k, v in values().items() if k != "总体"}, ORIGIN)
    with pytest.raises(ValueError, match="应为表格、图或段落"):
        render(template("{{ 总体 }}"), FIELDS, values() | {"完成表": "字"}, ORIGIN)
    with pytest.raises(ValueError, match="应为文字"):
        render(template("{{ 总体 }}"), FIELDS, values() | {"总体": Paragraphs(())}, ORIGIN)


def test_footnotes_written_by_word_survive() -> None:
    parts = Parts.read(template("{{ 总体 }}"))
    note = (
        b'<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        b'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        b'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"/>'
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    parts.add("word/footnotes.xml", note, kind)
    parts.relate(MAIN, "footnotes", "word/footnotes.xml")
    made = Parts.read(render(parts.to_bytes(), FIELDS, values(), ORIGIN))
    assert made.members["word/footnotes.xml"] == note
