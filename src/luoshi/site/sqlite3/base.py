"""The database backend: transactions of one process begin one after the other, in the order in which they came.

SQLite lets one transaction write at a time. Whoever finds it taken sleeps and looks again, longer each time, up to a
tenth of a second: of four that always write, one may be passed over for seconds. Between the threads of a process that
can be told better: the next one is woken as soon as the one before is done. Other processes meet in SQLite as ever.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from django.db.backends.sqlite3 import base


class Turns:
    """A lock that is handed on in the order of asking."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    def take(self, seconds: float) -> bool:
        """Wait for the turn; whether it came in time."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(seconds):
            return True
        with self._lock:
            if mine.is_set():  # handed over at the very end
                return True
            self._waiting.remove(mine)
            return False

    def give(self) -> None:
        """Hand the turn to the next."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


_turns: dict[str, Turns] = {}
_making = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions wait for their turn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if self._turn is None and not self.is_in_memory_db():
            with _making:
                turns = _turns.setdefault(str(self.settings_dict["NAME"]), Turns())
            # Who waited too long is told by SQLite, as where another process holds the database.
            if turns.take(self.settings_dict["OPTIONS"].get("timeout", 5)):
                self._turn = turns
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._hand_on()
            raise

    def _commit(self) -> None:
        super()._commit()
        self._hand_on()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._hand_on()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give()
