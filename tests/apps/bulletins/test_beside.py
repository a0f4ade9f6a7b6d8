"""Tables beside a ranking: units that are counted by other figures stand below, under their own heads."""

from __future__ import annotations

from luoshi.apps.bulletins.composing.base import Scene
from luoshi.apps.bulletins.composing.rankings import beside
from luoshi.publishing import Figure, Paragraphs, Table
from luoshi.publishing.words import plain


def scene(*tables: dict) -> Scene:
    """A snapshot's ranking with these tables."""
    return Scene(
        {
            "period": "2026Q3",
            "as_of": "2026-10-08T09:00:00+00:00",
            "owner": {"short": "云岭州"},
            "ranking": {"title": "竞赛", "reference": "考核7", **({"beside": list(tables)} if tables else {})},
        }
    )


def table(title: str, column: str, *rows: tuple[str, str | None]) -> dict:
    """One column of figures."""
    return {
        "title": title,
        "columns": [{"title": column, "measure": "个", "rule": "按协议"}],
        "rows": [{"key": name, "name": name, "values": [value]} for name, value in rows],
    }


def test_two_kinds_of_units_in_one_table() -> None:
    counties = table("县市指标", "新签约项目", ("北川县", "1234"), ("南屏县", None))
    made = beside(scene(counties, table("招商组指标", "在谈项目", ("光伏组", "0"))))
    assert isinstance(made, Table) and made.title == "2026年第三季度县市指标、招商组指标"
    assert [[plain(cell) for cell in row] for row in made.rows] == [
        ["北川县", "1,234"],
        ["南屏县", "—"],
        ["单位", "在谈项目（个）"],
        ["光伏组", "0"],
    ]
    (figure,) = made.rows[0][1]
    assert isinstance(figure, Figure)
    assert figure.reference.told() == "新签约项目，北川县，2026年第三季度，台账；按协议"
    assert isinstance(beside(scene()), Paragraphs)
