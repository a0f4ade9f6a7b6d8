"""Boards' answers kept until anything changes: screens of a meeting room ask the same again and again.

Every write has its journal entry, so an answer holds as long as the journal's head is what it was when the answer was
begun, on the same day, for people with the same roles. What was never journalled (an empty journal) is not kept. Each
process keeps its own; nothing is shared that could be out of step.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Schema

from luoshi.apps.journal.models import ChainHead
from luoshi.apps.organisations.policies import authority
from luoshi.site.api.conditional import conditional, etag_of

#: So much is kept by a process at the most, in bytes; the longest unused goes first.
MOST_BYTES = 32_000_000


class Kept:
    """Answers of one state of the journal, by what was asked and who may see what."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._state: Any = None
        self._size = 0
        self._answers: OrderedDict[Any, tuple[bytes, str]] = OrderedDict()

    def get(self, state: Any, key: Any) -> tuple[bytes, str] | None:
        """What was kept for the question in this state: the answer and its ETag."""
        with self._lock:
            if state != self._state or key not in self._answers:
                return None
            self._answers.move_to_end(key)
            return self._answers[key]

    def put(self, state: Any, key: Any, answer: bytes) -> tuple[bytes, str]:
        """Keep an answer, and give it with its ETag; the first of another state drops all others."""
        made = (answer, etag_of(answer))
        with self._lock:
            if state != self._state:
                self._state, self._size = state, 0
                self._answers.clear()
            self._size += len(answer) - len(self._answers.pop(key, (b"", ""))[0])
            self._answers[key] = made
            while self._size > self._most:
                self._size -= len(self._answers.popitem(last=False)[1][0])
        return made


_kept = Kept()


def _head() -> tuple[int, str] | None:
    """The last link of the journal; ``None`` while it has none."""
    sequence, digest = ChainHead.objects.values_list("sequence", "hash").get(pk=1)
    return (sequence, digest) if sequence else None


def answered(request: HttpRequest, schema: type[Schema], make: Callable[[], Any]) -> HttpResponseBase:
    """The JSON of a board: kept, or made by ``make``, checked against the schema."""
    state = (_head(), timezone.localdate())
    key = (request.get_full_path(), tuple(sorted((grant.role, grant.path) for grant in authority(request.user).grants)))
    found = _kept.get(state, key)
    if found is None:
        content = schema.model_validate(make()).model_dump_json().encode()
        found = _kept.put(state, key, content) if state[0] is not None else (content, etag_of(content))
    return conditional(request, HttpResponse(found[0], content_type="application/json; charset=utf-8"), found[1])
