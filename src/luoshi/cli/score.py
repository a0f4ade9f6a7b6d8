"""``luoshi score``: points and ranks under a scheme, without a database."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from luoshi.cli.chinese import Command

if TYPE_CHECKING:
    from luoshi.scoring import Facts, ItemScore, Options, Result, Scheme, ScoringError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_WIDEST = 24
T = TypeVar("T")


@click.command("score", cls=Command)
@click.argument("scheme", metavar="[评分办法]", required=False)
@click.argument("facts", metavar="[数据表.csv]", type=_FILE, required=False)
@click.option(
    "--format",
    "-f",
    "shape",
    type=click.Choice(["table", "json"]),
    default="table",
    metavar="[table|json]",
    help="供人阅读的表，或一个 JSON 数组。",
)
@click.option("--explain", "unit", metavar="单位", help="用文字说明一个单位的得分。")
@click.option("--assume", metavar="约定=做法", multiple=True, help="换一种约定，可多次给出，如 ranking=linear。")
@click.option(
    "--part", metavar="部分=数据表.csv", multiple=True, help="由几部分合成的评分办法，逐一给出各部分的数据表。"
)
@click.option(
    "--units", "roster", metavar="名单.txt", type=_FILE, help="应参评的单位，每行一个；没有数据的也计入单位数。"
)
@click.option("--details", is_flag=True, help="JSON 中另给名次、算式、升一名所需、约定和结果运用。")
@click.option("--sensitivity", is_flag=True, help="每种约定换一种做法，哪些单位的名次会变。")
@click.option("--list", "listing", is_flag=True, help="列出随软件提供的评分办法。")
@click.option("--schema", is_flag=True, help="输出评分办法文件的 JSON Schema。")
def score_command(
    scheme: str | None,
    facts: Path | None,
    shape: str,
    unit: str | None,
    assume: Sequence[str],
    part: Sequence[str],
    roster: Path | None,
    details: bool,
    sensitivity: bool,
    listing: bool,
    schema: bool,
) -> None:
    """按评分办法计分、排名，每一分都说明理由。

    评分办法是一个 YAML 文件，或随软件提供的代码（见 --list）；只给评分办法时，用文字说明这份办法。数据表的列为
    unit,item,value,target（单位、项目、实际、目标）；实际留空为未报，目标留空为没有目标。
    """
    from luoshi.scoring import SHIPPED, describe, schema_text, shipped

    if schema:
        sys.stdout.write(schema_text())
        return
    if listing:
        for key in SHIPPED:
            click.echo(f"{key}\t{shipped(key).title}")
        return
    if scheme is None:
        raise click.UsageError("请给出评分办法：一个 YAML 文件，或随软件提供的代码（见 luoshi score --list）。")
    found = _scheme(scheme)
    choices = _pairs(assume, "--assume", "约定=做法")
    if facts is None and not part:
        if unit is not None or sensitivity or details or shape == "json":
            raise click.UsageError("请给出数据表。")
        from luoshi.scoring import with_choices

        chosen = _sound("约定", lambda: with_choices(found, choices)) if choices else found
        for line in describe(chosen):
            click.echo(line)
        return
    options = _options(choices, roster)
    if sensitivity:
        if facts is None or found.parts:
            raise click.UsageError("--sensitivity 用于一份数据表；由几部分合成的，请对各部分分别使用。")
        _show_effects(found, _facts(facts, found), options)
        return
    result = _combined(found, part, options) if part else _result(found, facts, options)
    if unit is not None:
        _explain(result, unit)
    elif shape == "json":
        from luoshi.scoring import records

        json.dump(records(result, details=details), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _table(result)


class _Wrong(click.ClickException):
    """A scheme or facts that cannot be scored: the caller's files are wrong."""

    exit_code = 2

    def __init__(self, name: str, error: ScoringError) -> None:
        lines = [f"{name}：{problem}" for problem in error.problems]
        super().__init__("\n错误：".join(lines) if lines else name)


def _sound(name: str, work: Callable[[], T]) -> T:
    from luoshi.scoring import ScoringError

    try:
        return work()
    except ScoringError as error:
        raise _Wrong(name, error) from error


def _scheme(named: str) -> Scheme:
    from luoshi.scoring import SHIPPED, load, shipped

    if named in SHIPPED:
        return shipped(named)
    file = Path(named)
    if not file.is_file():
        raise click.UsageError(f"没有“{named}”这个评分办法文件；随软件提供的代码有：{'、'.join(SHIPPED)}。")
    return _sound(file.name, lambda: load(_bytes(file)))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"打不开文件：{file.name}") from error


def _facts(file: Path, scheme: Scheme) -> Facts:
    from luoshi.scoring import read_facts

    return _sound(file.name, lambda: read_facts(_bytes(file), scheme))


def _pairs(given: Iterable[str], option: str, example: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for one in given:
        key, sign, value = one.partition("=")
        if not (key and sign and value):
            raise click.UsageError(f"{option} 应写作 {example}，不是“{one}”。")
        if key in pairs:
            raise click.UsageError(f"{option} 的“{key}”给出了两次。")
        pairs[key] = value
    return pairs


def _options(choices: dict[str, str], roster: Path | None) -> Options:
    from luoshi.scoring import Options

    units: list[str] = []
    if roster is not None:
        try:
            text = _bytes(roster).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise click.UsageError(f"{roster.name} 不是 UTF-8 编码的文字。") from error
        units = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return Options(choices=choices, units=units)


def _result(scheme: Scheme, facts: Path | None, options: Options) -> Result:
    from luoshi.scoring import score

    if facts is None or scheme.parts:
        parts = " ".join(f"--part {part.key}=数据表.csv" for part in scheme.parts)
        raise click.UsageError(f"“{scheme.title}”由几部分合成，请逐一给出：{parts}")
    taken = _facts(facts, scheme)
    return _sound(facts.name, lambda: score(scheme, taken, options))


def _combined(scheme: Scheme, part: Sequence[str], options: Options) -> Result:
    """The results of the parts, each under its own scheme; choices hold for those parts that offer them."""
    from dataclasses import replace

    from luoshi.scoring import combine, score

    if not scheme.parts:
        raise click.UsageError(f"“{scheme.title}”不是由几部分合成的，请直接给出数据表。")
    schemes = {one.key: one.scheme for one in scheme.parts}
    results = {}
    for key, name in _pairs(part, "--part", "部分=数据表.csv").items():
        if key not in schemes:
            raise click.UsageError(f"没有名为“{key}”的部分，各部分是：{'、'.join(schemes)}。")
        file = Path(name)
        if not file.is_file():
            raise click.UsageError(f"找不到文件：{name}")
        own = _scheme(schemes[key])
        offered = {one.key for one in own.assumptions if one.choices}
        kept = {one: choice for one, choice in options.choices.items() if one in offered}
        mine, taken = replace(options, choices=kept), _facts(file, own)
        results[key] = _sound(file.name, lambda own=own, taken=taken, mine=mine: score(own, taken, mine))  # type: ignore[misc]
    return _sound(scheme.key, lambda: combine(scheme, results))


# Output


def _table(result: Result) -> None:
    """Best first: rank, unit, total, points of each item; what is not a number of points is said."""
    from luoshi.scoring import show

    heads = ["名次", "单位", "总分"]
    heads += [part.key for part in result.scheme.parts] or [item.key for item in result.scheme.items]
    rows = []
    for unit in result.units:
        cells = [_cell(one) for one in unit.items]
        cells += ["—" if one.total is None else show(one.total) for one in unit.parts]
        rows.append(["—" if unit.rank is None else str(unit.rank), unit.unit, show(unit.total), *cells])
    groups = [unit.ranking for unit in result.units]
    widths = (
        [min(max(map(_width, column)), _WIDEST) for column in zip(heads, *rows, strict=True)]
        if rows
        else [_width(head) for head in heads]
    )
    click.echo(result.scheme.title)
    click.echo(_line(heads, widths))
    last = ""
    for group, row in zip(groups, rows, strict=True):
        if group and group != last:
            click.echo(f"【{group}】")
            last = group
        click.echo(_line(row, widths))
    follows = [(unit, one) for unit in result.units for one in unit.consequences if one.effect or one.open]
    if follows:
        click.echo("\n结果运用：")
        for unit, one in follows:
            click.echo(f"  {unit.unit}　{one.title}：{one.effect or '待认定'}（{one.reason}）")
    shown = [result.scheme.reading(one) for one in result.scheme.assumptions]
    if shown:
        click.echo("\n约定（原文没有写明，可用 --assume 更换）：")
        for text in shown:
            click.echo(f"  {text}")


def _cell(score: ItemScore) -> str:
    """Points; of an item that gives none, the figure."""
    from luoshi.scoring import Status, show

    if not score.applies:
        return "不适用"
    if score.status is Status.NOT_REPORTED:
        return "未报"
    if score.item.method.TYPE == "record" and score.value is not None:
        return show(score.value)
    return show(score.points)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        space = " " * max(width - _width(cell), 0)
        padded.append(cell + space if at == 1 else space + cell)
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _explain(result: Result, name: str) -> None:
    from luoshi.scoring import show

    unit = result.by_unit.get(" ".join(name.split()))
    if unit is None:
        near = "、".join(one.unit for one in result.units[:20])
        raise click.UsageError(f"数据表里没有“{name}”，有：{near}{'等' if len(result.units) > 20 else ''}。")
    click.echo(f"{unit.unit}　{result.scheme.title}")
    click.echo(result.explain(unit.unit))
    for score in unit.items:
        fact = score.fact
        points = show(score.points) if score.applies else "不适用"
        click.echo(f"\n第{score.item.key}项　{score.item.title}　{points}{'分' if score.applies else ''}")
        click.echo(f"  {score.reason}")
        said = [fact.source if fact and fact.source else score.item.source, fact.evidence if fact else ""]
        if fact is not None and fact.date is not None:
            said.append(fact.date.isoformat())
        if any(said):
            click.echo(f"  出处：{'，'.join(one for one in said if one)}")
    for one in unit.parts:
        click.echo(f"\n{one.reason}")
    for follow in unit.consequences:
        click.echo(f"\n{follow.title}：{follow.effect or ('待认定' if follow.open else '无')}（{follow.reason}）")


def _show_effects(scheme: Scheme, facts: Facts, options: Options) -> None:
    from luoshi.scoring import assumption_effects

    effects = _sound(scheme.key, lambda: assumption_effects(scheme, facts, options))
    for effect in effects:
        click.echo(f"{effect.key}={effect.choice}　{effect.title}")
        for change in effect.moved:
            click.echo(f"  {change.reason}")
        if not effect.moved:
            click.echo("  名次都不变。")
