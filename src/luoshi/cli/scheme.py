"""``luoshi scheme``: draft schemes from a document's scoring tables; list, show and check schemes. No database."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from luoshi.cli.chinese import Group
from luoshi.cli.reading import date_option, file_argument, read_and_extract

if TYPE_CHECKING:
    from luoshi.documents import Document
    from luoshi.extraction.model import Extraction
    from luoshi.scoring import SchemeError
    from luoshi.scoring.drafting import SchemeDraft

_YAML = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_BELOW = 12  # lines below a table in which its notes stand


@click.group("scheme", cls=Group)
def scheme_command() -> None:
    """评分办法：由方案的评分表起草、查看、检查。"""


@scheme_command.command("list")
def list_command() -> None:
    """列出随软件提供的评分办法。"""
    from luoshi.scoring import SHIPPED, shipped

    for key in SHIPPED:
        click.echo(f"{key}\t{shipped(key).title}")


@scheme_command.command("show")
@click.argument("named", metavar="评分办法")
@click.option("--text", "raw", is_flag=True, help="输出 YAML，不用文字说明。")
def show_command(named: str, raw: bool) -> None:
    """用文字说明一份评分办法：YAML 文件，或随软件提供的代码。"""
    from luoshi.scoring import SHIPPED, SchemeError, describe, load, shipped_text

    if named not in SHIPPED and not Path(named).is_file():
        raise click.UsageError(f"没有“{named}”这个评分办法文件；随软件提供的代码见 luoshi scheme list。")
    data = shipped_text(named).encode() if named in SHIPPED else Path(named).read_bytes()
    try:
        scheme = load(data)
    except SchemeError as error:
        _tell(Path(named), error)
        sys.exit(1)
    if raw:
        sys.stdout.write(data.decode("utf-8-sig", "replace"))
        return
    for line in describe(scheme):
        click.echo(line)


@scheme_command.command("check")
@click.argument("files", metavar="文件.yaml...", type=_YAML, nargs=-1, required=True)
def check_command(files: tuple[Path, ...]) -> None:
    """检查评分办法文件，逐行说明问题；有问题的以 1 结束。"""
    from luoshi.scoring import SchemeError, load, show

    wrong = False
    for file in files:
        try:
            scheme = load(file.read_bytes())
        except SchemeError as error:
            wrong = True
            _tell(file, error)
        else:
            what = f"{len(scheme.items)}项，共{show(scheme.total, 6)}分" if scheme.items else "由几部分合成"
            click.echo(f"{file.name}：没有问题，{what}。")
    if wrong:
        sys.exit(1)


def _tell(file: Path, error: SchemeError) -> None:
    for problem in error.problems:
        click.echo(f"{file.name}：{problem}", err=True)


@scheme_command.command("draft")
@file_argument
@date_option
@click.option("--to", "folder", type=_FOLDER, metavar="目录", help="每份办法写成一个 YAML 文件。")
@click.option(
    "--format",
    "-f",
    "shape",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    metavar="[yaml|json]",
    help="JSON 另给每项的出处和没有读懂的地方。",
)
def draft_command(file: Path, date: dt.datetime | None, folder: Path | None, shape: str) -> None:
    """由方案里的评分表起草评分办法；没有读懂的标明“待确认”，请核对后再用。"""
    found = list(_drafts(*read_and_extract(file, date)))
    if not found:
        click.echo("没有找到评分表。", err=True)
        sys.exit(1)
    for line, title, draft in found:
        what = f"{len(draft.scheme.items)}项" if draft.scheme.items else "合成"
        doubtful = f"，{len(draft.doubtful)}项待确认" if draft.doubtful else ""
        click.echo(f"第{line}行 {title}：{draft.scheme.key}，{what}{doubtful}", err=True)
        for remark in draft.remarks:
            click.echo(f"  {remark}", err=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for _, _, draft in found:
            (folder / f"{draft.scheme.key}.yaml").write_text(draft.text, encoding="utf-8")
    elif shape == "json":
        json.dump([_record(*one) for one in found], sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        sys.stdout.write("---\n".join(draft.text for _, _, draft in found))


def _drafts(document: Document, found: Extraction) -> Iterator[tuple[int, str, SchemeDraft]]:
    """(line, title, draft) of every scheme that a scoring table of the document makes up."""
    from luoshi.scoring.drafting import draft_schemes, is_scoring_table

    lines = [line.text for line in document.lines]
    number = 0
    for plan in found.plans:
        for table in plan.tables:
            if not is_scoring_table(table.header, table.rows):
                continue
            number += 1
            notes = "".join(text.strip() for text in lines[table.line_end : table.line_end + _BELOW])
            first = min(span.line for span in table.spans)
            drafts = draft_schemes(
                table.title,
                table.header,
                table.rows,
                key=f"table-{number}",
                document=f"《{plan.title}》{table.title}（第{first}—{table.line_end}行）",
                notes=re.split(r"[。；;]", notes),
            )
            for draft in drafts:
                yield first, table.title, draft


def _record(line: int, title: str, draft: SchemeDraft) -> dict[str, object]:
    from luoshi.scoring import describe_item

    items: dict[str, list[str]] = {}
    for item in draft.scheme.items:
        items.setdefault(item.part_of or item.key, []).append(describe_item(item))
    return {
        "line": line,
        "table": title,
        "key": draft.scheme.key,
        "title": draft.scheme.title,
        "remarks": list(draft.remarks),
        "items": [
            {
                "item": origin.key,
                "words": items.get(origin.key, []),
                "printed": origin.text,
                "rows": [row + 1 for row in origin.rows],
                "certain": origin.certain,
                "doubts": list(origin.doubts),
            }
            for origin in draft.origins
        ],
        "text": draft.text,
    }
