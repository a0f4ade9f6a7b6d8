"""What was changed in a file by hand is found and told; what another program does on saving is no change."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from luoshi.publishing import compare, contents, find_office, loose_numbers, read_manifest, render, words
from luoshi.publishing.comparing import Difference
from luoshi.publishing.package import MAIN, Parts
from tests.publishing.samples import FIELDS, ORIGIN, figure, values, whole_template

RIGHT = render(whole_template(), FIELDS, values(), ORIGIN)


def edited(change: Callable[[str], str], part: str = MAIN) -> bytes:
    parts = Parts.read(RIGHT)
    before = parts.members[part].decode()
    after = change(before)
    assert after != before
    parts.members[part] = after.encode()
    return parts.to_bytes()


def told(file: bytes) -> list[str]:
    return [str(difference) for difference in compare(file, RIGHT)]


def test_the_same_file_has_no_difference() -> None:
    assert compare(RIGHT, RIGHT) == []


def test_a_changed_number_is_told_with_its_reference() -> None:
    (one,) = compare(edited(lambda text: text.replace(">123.4<", ">132.4<")), RIGHT)
    assert one == Difference(
        "第4段“全州完成固定资产投资123.4亿元。”", "132.4", "123.4", "固定资产投资，云岭州，2026-09，统计"
    )
    assert str(one) == "第4段“全州完成固定资产投资123.4亿元。”：文件中为 132.4，应为 123.4"


def test_every_single_digit_changed_is_found() -> None:
    """One number after the other is altered, in text, tables and the chart: each time exactly that one is told."""
    manifest = read_manifest(RIGHT)
    assert manifest is not None
    text = Parts.read(RIGHT).members[MAIN].decode()
    for numbered in manifest.figures:
        if numbered.place:
            continue
        fenced = re.compile(
            rf'(w:name="_LS{numbered.number}"/>.*?<w:t[^>]*>){re.escape(numbered.figure.text)}<', re.DOTALL
        )
        assert fenced.search(text)
        (one,) = compare(edited(lambda t, f=fenced: f.sub(r"\g<1>9876<", t, count=1)), RIGHT)  # type: ignore[misc]
        assert (one.found.rstrip("%"), one.expected.rstrip("%")) == ("9876", numbered.figure.text)
        assert one.reference == numbered.figure.reference.told()


def test_changed_words_rows_and_paragraphs_are_told() -> None:
    assert told(edited(lambda text: text.replace("石屏县", "石林县", 1)))[0].endswith("文件中为 林，应为 屏")
    gone = edited(lambda text: re.sub(r"<w:p>(?:(?!</w:p>).)*大理市(?:(?!</w:p>).)*</w:p>", "", text, count=1))
    assert told(gone) == ["第7段：文件中缺少“大理市完成率为54.0%。”"]
    more = edited(
        lambda text: text.replace("</w:p><w:tbl>", "</w:p><w:p><w:r><w:t>另有3个单位</w:t></w:r></w:p><w:tbl>")
    )
    assert any("文件中多出“另有3个单位”" in one for one in told(more))
    row = edited(lambda text: re.sub(r"<w:tr>(?:(?!</w:tr>).)*大理市.*?</w:tr>", "", text, count=1, flags=re.DOTALL))
    assert told(row) == ["表1第4行：文件中缺少“大理市 54.0”"]


def test_a_changed_chart_is_told() -> None:
    changed = edited(lambda text: text.replace("<c:v>47.2</c:v>", "<c:v>74.2</c:v>"), "word/charts/luoshi1.xml")
    assert told(changed) == ["图1“完成率”完成率，石屏县：文件中为 74.2，应为 47.2"]


def test_a_changed_reference_is_told() -> None:
    changed = edited(lambda text: text.replace("统计", "自报", 1), "customXml/item1.xml")
    assert told(changed) == ["文件里的出处清单与应有的不一致"]
    parts = Parts.read(RIGHT)
    parts.members = {name: data for name, data in parts.members.items() if not name.startswith("customXml")}
    assert told(parts.to_bytes()) == ["文件里的出处清单已丢失（可能用其他软件另存过），数字已逐个核对"]


def test_saving_in_another_program_is_no_change() -> None:
    def saved(text: str) -> str:
        text = text.replace("<w:r>", '<w:proofErr w:type="spellStart"/><w:r>')
        # A run cut in two, and a deleted bit that is still tracked.
        text = text.replace("全州完成", '全</w:t></w:r><w:r><w:t xml:space="preserve">州完成')
        return text.replace("</w:p>", "<w:del><w:r><w:delText>旧字</w:delText></w:r></w:del></w:p>", 1)

    assert told(edited(saved)) == []


@pytest.mark.parametrize("lost", [1, 3])
def test_a_lost_mark_hides_no_changed_number(lost: int) -> None:
    def change(text: str) -> str:
        text = re.sub(rf'<w:bookmarkStart [^>]*w:name="_LS{lost}"/>', "", text)
        return text.replace(">123.4<", ">1234<").replace(">47.2<", ">4.72<", 1)

    assert [(one.found, one.expected) for one in compare(edited(change), RIGHT)] == [
        ("1234", "123.4"),
        ("4.72%", "47.2%"),
    ]


def test_numbers_typed_by_hand_are_found() -> None:
    given = values() | {
        "总体": words(
            "截至2026年9月底，按云政发〔2026〕3号文，第3季度前3位，完成", figure("123.4"), "亿元，另有88.5万人。"
        )
    }
    (loose,) = loose_numbers(contents(render(whole_template(), FIELDS, given, ORIGIN)))
    assert loose.text == "88.5" and loose.place == "第4段"
    assert loose_numbers(contents(RIGHT)) == []


@pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_numbers_marks_and_references(tmp_path: Path) -> None:
    (tmp_path / "in.docx").write_bytes(RIGHT)
    subprocess.run(
        [
            str(find_office()),
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(tmp_path / "out"),
            str(tmp_path / "in.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=200,
    )
    saved = (tmp_path / "out" / "in.docx").read_bytes()
    assert saved != RIGHT and compare(saved, RIGHT) == []
    assert read_manifest(saved) == read_manifest(RIGHT)


def test_page_numbers_are_no_text() -> None:
    assert {line.text for line in contents(RIGHT).around} == {"— # —"}
    footer = edited(lambda text: text.replace(">1</w:t>", ">7</w:t>"), "word/footer1.xml")
    assert told(footer) == []
    assert told(edited(lambda text: text.replace(">— </w:t>", ">第 </w:t>"), "word/footer1.xml"))[0].startswith(
        "页眉页脚"
    )
