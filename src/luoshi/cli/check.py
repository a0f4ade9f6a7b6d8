"""``luoshi check``: a plan's check-up (方案体检), without a database."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from luoshi.cli.chinese import Command
from luoshi.cli.reading import FILE, date_option, file_argument, read_and_extract

if TYPE_CHECKING:
    from luoshi.checks import Finding
    from luoshi.units import UnitDirectory

_SEVERITIES = {"error": "矛盾", "warning": "存疑", "note": "提示"}
_LONGEST = 60


@click.command("check", cls=Command)
@file_argument
@date_option
@click.option(
    "--format",
    "-f",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    metavar="[text|json]",
    help="供人阅读，或一个 JSON 数组。",
)
@click.option("--units", metavar="单位表.csv", type=FILE, help="单位表；与 --names 同用，检查单位名称。")
@click.option("--names", metavar="单位名称表.csv", type=FILE, help="单位名称表。")
@click.option("--without", metavar="类别", multiple=True, help="不检查的类别，可多次给出，如 totals。")
@click.option("--limits", is_flag=True, help="也检查篇幅（10页、6000字）。")
def check_command(
    file: Path,
    date: dt.datetime | None,
    shape: str,
    units: Path | None,
    names: Path | None,
    without: Sequence[str],
    limits: bool,
) -> None:
    """检查一份文件里的方案有无自相矛盾和遗漏。

    列出每一处的类别、位置和算式；有无发现，退出码都是 0。
    """
    from luoshi.checks import Family, Options, check

    try:
        options = Options.chosen(without=without, with_limits=limits)
    except ValueError as error:
        raise click.BadParameter(
            f"没有这个类别。可用的有：{'、'.join(family.value for family in Family)}。", param_hint="--without"
        ) from error
    directory = _directory(units, names)
    document, extraction = read_and_extract(file, date)
    findings = check(extraction, document, directory, options=options)
    if shape == "json":
        json.dump([_record(finding) for finding in findings], sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    for finding in findings:
        _show(finding)
    counts = "，".join(
        f"{name} {sum(1 for finding in findings if finding.severity == key)} 处" for key, name in _SEVERITIES.items()
    )
    click.echo(f"共 {len(findings)} 处：{counts}。" if findings else "没有发现问题。")


def _directory(units: Path | None, names: Path | None) -> UnitDirectory | None:
    """The unit directory of both files, or none."""
    from luoshi.units import DirectoryError, UnitDirectory

    if units is None and names is None:
        return None
    if units is None or names is None:
        raise click.UsageError("--units 和 --names 要一起给出。")
    try:
        return UnitDirectory.from_csv(units, names)
    except DirectoryError as error:
        raise click.ClickException(str(error)) from error


def _record(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "severity": finding.severity.value,
        "message": finding.message,
        "places": [{"line": place.line, "text": place.text} for place in finding.places],
        "detail": finding.detail,
    }


def _show(finding: Finding) -> None:
    """One finding for a reader: what it is, the places, the arithmetic, what can be done."""
    from luoshi.checks import KINDS

    kind = KINDS[finding.kind]
    click.echo(f"【{_SEVERITIES[finding.severity]}】{kind.name}：{finding.message}")
    for place in finding.places:
        text = place.text if len(place.text) <= _LONGEST else place.text[:_LONGEST] + "…"
        click.echo(f"  第{place.line}行  {text}")
    if finding.detail:
        click.echo(f"  {finding.detail}")
    click.echo(f"  处理：{kind.advice}\n")
