"""``luoshi extract-corpus``: extract every document below a folder, in parallel, without a database.

Each file's records go to a part of their own beside the output; a part that stands is not made again, so that a run
which was stopped goes on where it was. At the end the parts are put together in the order of the files' paths.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import itertools
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from luoshi.cli import pool, spark
from luoshi.cli.chinese import Command

_ENDINGS = frozenset({".txt", ".docx", ".pdf", ".ofd", ".html", ".htm", ".xlsx"})
_ROWS_AT_ONCE = 10_000
#: What a column of its own holds in Parquet; the whole object is in ``record``.
_COLUMNS = ("file", "doc", "plan", "kind", "line", "measure", "text", "found_by", "certainty")


@dataclass(frozen=True, slots=True)
class _Job:
    """A file, its path below the folder as records name it, and where its part goes."""

    path: str
    name: str
    part: str


@click.command("extract-corpus", cls=Command)
@click.argument("folder", metavar="目录", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    "-o",
    metavar="文件",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="结果文件，.jsonl 或 .parquet（需要 pyarrow）。",
)
@click.option("--workers", "-w", metavar="数量", type=click.IntRange(1, 256), help="进程数，缺省为处理器数。")
@click.option(
    "--seconds",
    metavar="秒",
    type=click.FloatRange(1),
    default=120.0,
    show_default=False,
    help="每份文件的时限，缺省 120。",
)
@click.option(
    "--megabytes", metavar="MB", type=click.IntRange(256), default=2048, help="每个进程的内存上限，缺省 2048。"
)
@click.option(
    "--engine",
    metavar="引擎",
    type=click.Choice(["processes", "spark"]),
    default="processes",
    show_default=False,
    help="processes：本机多进程（缺省）；spark：用 Spark 读取（需要 pyspark 和 Java）。",
)
@click.option("--again", is_flag=True, help="上次读不了的文件再试一次。")
def extract_corpus_command(
    folder: Path, out: Path, workers: int | None, seconds: float, megabytes: int, engine: str, again: bool
) -> None:
    """读取一个目录下的全部文件，合成一个结果文件。

    可随时中断，再次运行时从中断处继续；读不了的文件记入“结果文件.errors.jsonl”，不影响其余文件。
    """
    if out.suffix not in (".jsonl", ".parquet"):
        raise click.UsageError("结果文件须以 .jsonl 或 .parquet 结尾。")
    if out.suffix == ".parquet":
        _arrow()  # say at once, not after hours, that it is missing
    if engine == "spark":
        spark.check()
    parts = out.with_name(out.name + ".parts")
    parts.mkdir(parents=True, exist_ok=True)
    jobs = list(_jobs(folder, parts))
    if not jobs:
        raise click.ClickException(f"{folder} 中没有可读取的文件（{' '.join(sorted(_ENDINGS))}）。")
    todo = [job for job in jobs if not Path(job.part).exists() and (again or not _error_of(job).exists())]
    if len(todo) < len(jobs):
        click.echo(f"已完成 {len(jobs) - len(todo)} 份，继续余下 {len(todo)} 份。", err=True)
    crew = workers or os.cpu_count() or 1
    limits = {"workers": crew, "seconds": seconds, "megabytes": megabytes}
    if engine == "spark":
        outcomes = spark.run(_extract, todo, **limits, log=parts / "spark.log")
    else:
        outcomes = pool.run(_extract, todo, **limits)
    with click.progressbar(length=len(todo), label="读取", file=sys.stderr) as bar:
        for outcome in outcomes:
            error = _error_of(outcome.job)
            if outcome.error:
                _write(error, [json.dumps({"file": outcome.job.name, "error": outcome.error}, ensure_ascii=False)])
            else:
                error.unlink(missing_ok=True)
            bar.update(1)
    failed = [job for job in jobs if not Path(job.part).exists()]
    count = _join(jobs, out)
    errors = out.with_name(out.name + ".errors.jsonl")
    _write(errors, [_error_of(job).read_text("utf-8").strip() for job in failed])
    click.echo(f"读取 {len(jobs) - len(failed)} 份文件，得到 {count:,} 个对象，写入 {out}。", err=True)
    if failed:
        click.echo(f"{len(failed)} 份文件读不了，原因见 {errors}。", err=True)
    else:
        errors.unlink()


def _jobs(folder: Path, parts: Path) -> Iterator[_Job]:
    """All readable files in the order of their paths; a part's name changes with the file's size and time."""
    base = folder.resolve()
    skipped = parts.resolve()
    for path in sorted(base.rglob("*")):
        if path.suffix.lower() not in _ENDINGS or not path.is_file() or skipped in path.parents:
            continue
        name = path.relative_to(base).as_posix()
        stat = path.stat()
        key = hashlib.sha256(f"{name}\n{stat.st_size}\n{stat.st_mtime_ns}".encode("utf-8", "surrogateescape"))
        yield _Job(str(path), name, str(parts / f"{key.hexdigest()[:32]}.jsonl"))


def _error_of(job: _Job) -> Path:
    return Path(job.part).with_suffix(".error")


def _extract(job: _Job) -> int:
    """Writes one file's part and gives the number of its records; runs in a worker process."""
    from luoshi.documents import read
    from luoshi.extraction import extract, records

    found = records(extract(read(Path(job.path))))
    lines = [json.dumps({"file": job.name, **record}, ensure_ascii=False) for record in found]
    _write(Path(job.part), lines)
    return len(lines)


def _write(path: Path, lines: list[str]) -> None:
    """Writes a file whole or not at all."""
    rough = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    rough.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    rough.replace(path)


def _join(jobs: list[_Job], out: Path) -> int:
    """Puts the parts together; the number of records."""
    rough = out.with_name(out.name + ".tmp")
    count = _to_parquet(jobs, rough) if out.suffix == ".parquet" else _to_lines(jobs, rough)
    rough.replace(out)
    return count


def _lines(jobs: list[_Job]) -> Iterator[str]:
    for job in jobs:
        if Path(job.part).exists():
            with Path(job.part).open(encoding="utf-8") as part:
                yield from part


def _to_lines(jobs: list[_Job], rough: Path) -> int:
    count = 0
    with rough.open("w", encoding="utf-8") as written:
        for line in _lines(jobs):
            written.write(line)
            count += 1
    return count


def _to_parquet(jobs: list[_Job], rough: Path) -> int:
    arrow, parquet = _arrow()
    types = {"plan": arrow.int32(), "line": arrow.int32(), "certainty": arrow.float64()}
    columns = arrow.schema([(name, types.get(name, arrow.string())) for name in _COLUMNS])
    count, lines = 0, _lines(jobs)
    with parquet.ParquetWriter(rough, columns.append(arrow.field("record", arrow.string())), compression="zstd") as to:
        while batch := list(itertools.islice(lines, _ROWS_AT_ONCE)):
            to.write_table(_table(arrow, columns, batch))
            count += len(batch)
    return count


def _table(arrow: Any, columns: Any, batch: list[str]) -> Any:
    """Records as a table: pyarrow's own reader of JSON takes a third of the time that Python's takes."""
    reader = importlib.import_module("pyarrow.json")
    data = "".join(batch).encode()
    table = reader.read_json(
        io.BytesIO(data),
        reader.ReadOptions(use_threads=False, block_size=len(data) + 1),  # never a record over two blocks
        reader.ParseOptions(explicit_schema=columns, unexpected_field_behavior="ignore"),
    )
    return table.append_column("record", arrow.array([line.rstrip("\n") for line in batch], arrow.string()))


def _arrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet writer; they are optional."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise click.ClickException("写 .parquet 需要安装 pyarrow；也可以改用 .jsonl。") from error
