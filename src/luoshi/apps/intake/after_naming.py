"""What apps above intake do when people said what a printed name means; see ``after_reading``.

It runs inside the transaction of the act, so it must be quick: it may queue a job.
"""

from __future__ import annotations

from collections.abc import Callable

from luoshi.apps.intake.models import Draft

Hook = Callable[[Draft], None]
_hooks: list[Hook] = []


def register(hook: Hook) -> None:
    """Have ``hook`` run whenever a name of a draft was made known; registering it again changes nothing."""
    if hook not in _hooks:
        _hooks.append(hook)


def run(draft: Draft) -> None:
    """Run every hook."""
    for hook in _hooks:
        hook(draft)
