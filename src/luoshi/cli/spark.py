"""The same jobs as ``pool.run``, done by Spark: on this machine, or on the cluster that LUOSHI_SPARK_MASTER names
(its machines then share the folder, the output's folder and the program).

Each Spark task hands its files to one process of ``pool``, which lives as long as Spark's Python worker: a file that
crashes or hangs its reader costs that file and not the task. Outcomes come back through an accumulator, which Spark
delivers with every finished task, so that the driver sees them while the job goes on. pyspark is optional.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from luoshi.cli.pool import Crew, Outcome

_FILES_IN_A_TASK = 16
_TASKS_FOR_A_WORKER = 8
_POLL_SECONDS = 0.2
_TRIES = 4

# One in each of Spark's Python workers.
_crew: Crew | None = None

_Done = list[tuple[int, Any, str]]


class Gathered:
    """Spark's ``AccumulatorParam`` for outcomes: (number of the job, result, error), one list after the other."""

    def zero(self, value: _Done) -> _Done:
        """What a task begins with."""
        return []

    def addInPlace(self, ours: _Done, others: _Done) -> _Done:  # noqa: N802 (Spark's name)
        """Both together."""
        ours.extend(others)
        return ours


def run(
    work: Callable[[Any], Any], jobs: Sequence[Any], *, workers: int, seconds: float, megabytes: int, log: Path
) -> Iterator[Outcome]:
    """Does all jobs and yields each outcome soon after it is known; ``log`` takes what Spark and Java print.

    Raises ``ClickException`` where pyspark or Java is missing, and where Spark gives up.
    """
    pyspark = check()
    if not jobs:
        return
    context = _context(pyspark, workers, log)
    try:
        yield from _outcomes(context, work, jobs, workers, seconds, megabytes, log)
    finally:
        context.stop()


def check() -> Any:
    """pyspark, or a message about what is missing."""
    try:
        pyspark = importlib.import_module("pyspark")
    except ImportError as error:
        raise click.ClickException(
            "使用 Spark 需要安装 pyspark；也可以不加 --engine spark，用本机多进程读取。"
        ) from error
    home = os.environ.get("JAVA_HOME")
    if not shutil.which("java", path=str(Path(home) / "bin") if home else None):
        raise click.ClickException(
            "使用 Spark 需要安装 Java（17 以上），并能在 PATH 或 JAVA_HOME 中找到；也可以不加 --engine spark。"
        )
    return pyspark


def _context(pyspark: Any, workers: int, log: Path) -> Any:
    """A Spark context; Java's own messages go to ``log``, not to the person's screen."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    configuration = pyspark.SparkConf().setAppName("luoshi extract-corpus")
    configuration.set("spark.ui.enabled", "false").set("spark.ui.showConsoleProgress", "false")
    if master := os.environ.get("LUOSHI_SPARK_MASTER"):
        configuration.setMaster(master)
    else:
        configuration.setMaster(f"local[{workers},{_TRIES}]")  # a task that fails is tried again
        configuration.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
        # Java only hands out work here: starting soon is worth more than its best machine code
        configuration.set("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    with _errors_to(log):
        try:
            return pyspark.SparkContext(conf=configuration)
        except Exception as error:  # what Java says differs with every release
            raise click.ClickException(f"Spark 未能启动（需要 Java 17 以上），详情见 {log}。") from error


@contextlib.contextmanager
def _errors_to(log: Path) -> Iterator[None]:
    """Sends the error output of processes that start meanwhile to a file, for as long as they live."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with log.open("ab") as written:
            os.dup2(written.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)


def _outcomes(
    context: Any,
    work: Callable[[Any], Any],
    jobs: Sequence[Any],
    workers: int,
    seconds: float,
    megabytes: int,
    log: Path,
) -> Iterator[Outcome]:
    """Runs the Spark job in a thread and yields what the accumulator brings until it is through."""
    gathered = context.accumulator([], Gathered())
    size = max(1, min(_FILES_IN_A_TASK, len(jobs) // (workers * _TASKS_FOR_A_WORKER)))
    rows = context.parallelize(list(enumerate(jobs)), -(-len(jobs) // size))
    failures: list[Exception] = []

    def task(batch: Iterator[tuple[int, Any]]) -> None:
        gathered.add(do(work, batch, seconds, megabytes))

    def job() -> None:
        try:
            rows.foreachPartition(task)
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    told, going = 0, True
    while going:
        thread.join(_POLL_SECONDS)
        going = thread.is_alive()
        news = gathered.value[told:]
        told += len(news)
        yield from (Outcome(jobs[index], result, error) for index, result, error in news)
    if failures:
        raise click.ClickException(f"Spark 未完成全部文件，详情见 {log}；再次运行可从中断处继续。") from failures[0]


def do(work: Callable[[Any], Any], batch: Iterator[tuple[int, Any]], seconds: float, megabytes: int) -> _Done:
    """One Spark task: does numbered jobs in this worker's process and gives (number, result, error) for each."""
    global _crew
    if _crew is None:
        _crew = Crew(work, workers=1, seconds=seconds, megabytes=megabytes)
    numbers = {job: index for index, job in batch}
    return [(numbers[outcome.job], outcome.result, outcome.error) for outcome in _crew.run(numbers)]
