"""Background jobs."""

from __future__ import annotations

import datetime as dt

from django_tasks import task


@task()
def check_draft_again(draft_id: int, asked_at: str) -> None:
    """Check a draft once more, unless that was done since it was asked for: several names made known need one look."""
    from luoshi.apps.checkup.checking import renew

    renew(draft_id, dt.datetime.fromisoformat(asked_at))
