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
#: What a process may take to start, before its first job's own time begins.
_START_SECONDS = 120.0
_STARTED = "started"


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
    started: bool = False
    deadline: float = 0.0


class Crew:
    """Worker processes for one kind of work, kept from one batch of jobs to the next.

    ``work`` is a module's function (it is sent to other processes). A job that takes more than ``seconds`` is ended;
    a process may use ``megabytes`` of address space where the system can limit that.
    """

    def __init__(self, work: Callable[[Any], Any], *, workers: int, seconds: float, megabytes: int) -> None:
        self._context = mp.get_context("spawn")
        self._work, self._size, self._seconds, self._megabytes = work, workers, seconds, megabytes
        self._crew: list[_Worker] = []

    def run(self, jobs: Iterable[Any]) -> Iterator[Outcome]:
        """Does all jobs and yields each outcome when it is known, in any order."""
        waiting, crew = deque(jobs), self._crew
        while len(crew) < min(self._size, len(waiting)):
            crew.append(self._hire())
        while waiting or any(worker.busy for worker in crew):
            for k, worker in enumerate(crew):
                if not worker.busy and waiting:
                    job = waiting.popleft()
                    if not _give(worker, job, self._seconds):
                        self._replace(k)
                        _give(crew[k], job, self._seconds)
            ready = wait([worker.pipe for worker in crew if worker.busy], timeout=_POLL_SECONDS)
            for k, worker in enumerate(crew):
                if not worker.busy:
                    continue
                outcome = _outcome(worker, worker.pipe in ready, self._seconds)
                if outcome is None:
                    continue
                worker.busy = False
                if outcome.error and not (worker.process.is_alive() and worker.deadline > 0):
                    self._replace(k)
                yield outcome

    def close(self) -> None:
        """Ends all processes."""
        for worker in self._crew:
            _dismiss(worker)
        self._crew.clear()

    def _replace(self, k: int) -> None:
        _dismiss(self._crew[k])
        self._crew[k] = self._hire()

    def _hire(self) -> _Worker:
        mine, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._work, self._megabytes), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, mine)


def run(
    work: Callable[[Any], Any], jobs: Iterable[Any], *, workers: int, seconds: float, megabytes: int
) -> Iterator[Outcome]:
    """Does all jobs with a ``Crew`` of their own; closing the iterator ends its processes."""
    crew = Crew(work, workers=workers, seconds=seconds, megabytes=megabytes)
    try:
        yield from crew.run(jobs)
    finally:
        crew.close()


def _give(worker: _Worker, job: Any, seconds: float) -> bool:
    """Sends a job; false where the process has gone meanwhile."""
    try:
        worker.pipe.send(job)
    except (BrokenPipeError, OSError):
        return False
    worker.job, worker.busy = job, True
    worker.deadline = time.monotonic() + (seconds if worker.started else seconds + _START_SECONDS)
    return True


def _outcome(worker: _Worker, ready: bool, seconds: float) -> Outcome | None:
    """The outcome of a worker's job if it is known; ``deadline`` 0 marks a process that can do no more."""
    if ready:
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            worker.deadline = 0
            worker.process.join(1)
            return Outcome(worker.job, error=f"读取程序异常退出（代码 {worker.process.exitcode}）")
        if answer == _STARTED:
            worker.started, worker.deadline = True, time.monotonic() + seconds
            return None
        done, value = answer
        return Outcome(worker.job, result=value) if done else Outcome(worker.job, error=value)
    if time.monotonic() > worker.deadline:
        worker.deadline = 0
        return Outcome(worker.job, error=f"超过 {seconds:g} 秒未读完，已停止")
    return None


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
        pipe.send(_STARTED)
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
