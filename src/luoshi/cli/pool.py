"""Worker processes that may crash or hang without harm: each job has a time limit and one process to itself.

``multiprocessing.Pool`` and ``concurrent.futures`` lose the whole pool when a worker dies, and cannot end a job that
hangs; a reader of other people's files can do both.
"""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: what the work returned, or in ``error`` why it did not (Chinese)."""

    job: Any
    result: Any = None
    error: str = ""


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    job: Any = None
    busy: bool = False
    deadline: float = 0.0


def run(
    work: Callable[[Any], Any], jobs: Iterable[Any], *, workers: int, seconds: float, megabytes: int
) -> Iterator[Outcome]:
    """Does all jobs in ``workers`` processes and yields each outcome when it is known, in any order.

    ``work`` is a module's function (it is sent to other processes). A job that takes more than ``seconds`` is ended;
    a process may use ``megabytes`` of address space where the system can limit that. Closing the iterator ends all
    processes.
    """
    context = mp.get_context("spawn")
    waiting = deque(jobs)
    crew = [_hire(context, work, megabytes) for _ in range(min(workers, len(waiting)))]
    try:
        while waiting or any(worker.busy for worker in crew):
            for k, worker in enumerate(crew):
                if not worker.busy and waiting:
                    job = waiting.popleft()
                    if not _give(worker, job, seconds):
                        _dismiss(worker)
                        crew[k] = _hire(context, work, megabytes)
                        _give(crew[k], job, seconds)
            ready = wait([worker.pipe for worker in crew if worker.busy], timeout=_POLL_SECONDS)
            for k, worker in enumerate(crew):
                if not worker.busy:
                    continue
                outcome = _outcome(worker, worker.pipe in ready, seconds)
                if outcome is None:
                    continue
                worker.busy = False
                if outcome.error and not (worker.process.is_alive() and worker.deadline > 0):
                    _dismiss(worker)
                    crew[k] = _hire(context, work, megabytes)
                yield outcome
    finally:
        for worker in crew:
            _dismiss(worker)


def _give(worker: _Worker, job: Any, seconds: float) -> bool:
    """Sends a job; false where the process has gone meanwhile."""
    try:
        worker.pipe.send(job)
    except (BrokenPipeError, OSError):
        return False
    worker.job, worker.busy, worker.deadline = job, True, time.monotonic() + seconds
    return True


def _outcome(worker: _Worker, ready: bool, seconds: float) -> Outcome | None:
    """The outcome of a worker's job if it is known; ``deadline`` 0 marks a process that can do no more."""
    if ready:
        try:
            done, value = worker.pipe.recv()
        except (EOFError, OSError):
            worker.deadline = 0
            worker.process.join(1)
            return Outcome(worker.job, error=f"读取程序异常退出（代码 {worker.process.exitcode}）")
        return Outcome(worker.job, result=value) if done else Outcome(worker.job, error=value)
    if time.monotonic() > worker.deadline:
        worker.deadline = 0
        return Outcome(worker.job, error=f"超过 {seconds:g} 秒未读完，已停止")
    return None


def _hire(context: Any, work: Callable[[Any], Any], megabytes: int) -> _Worker:
    mine, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work, megabytes), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, mine)


def _dismiss(worker: _Worker) -> None:
    worker.pipe.close()
    if worker.process.is_alive():
        worker.process.terminate()
        worker.process.join(2)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _serve(pipe: Connection, work: Callable[[Any], Any], megabytes: int) -> None:
    """A worker's life: take a job, send back ``(True, result)`` or ``(False, why not)``, until the pipe closes."""
    _limit(megabytes)
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            job = pipe.recv()
            try:
                answer = (True, work(job))
            except MemoryError:
                answer = (False, f"内存不足（上限 {megabytes} MB）")
            except RecursionError:
                answer = (False, "嵌套过深")
            except Exception as error:
                answer = (False, str(error) or type(error).__name__)
            pipe.send(answer)


def _limit(megabytes: int) -> None:
    """Limits the address space where the system can."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = megabytes * 1024 * 1024
    if hard == resource.RLIM_INFINITY or limit < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
