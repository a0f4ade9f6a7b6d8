"""The way of a lead: 线索 → 在谈 → 已签约 → 已开工 → 已投产, or lost from anywhere before production."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a lead stands."""

    LEAD = "lead"
    NEGOTIATING = "negotiating"
    SIGNED = "signed"
    STARTED = "started"
    PRODUCING = "producing"
    LOST = "lost"

    @property
    def label(self) -> str:
        """In Chinese."""
        return _LABELS[self]


_LABELS = {
    Stage.LEAD: "线索",
    Stage.NEGOTIATING: "在谈",
    Stage.SIGNED: "已签约",
    Stage.STARTED: "已开工",
    Stage.PRODUCING: "已投产",
    Stage.LOST: "已流失",
}
#: From the first talk to production; ``LOST`` stands beside it.
LADDER = (Stage.LEAD, Stage.NEGOTIATING, Stage.SIGNED, Stage.STARTED, Stage.PRODUCING)


class MoveError(ValueError):
    """A move that cannot be; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Move:
    """A step that was taken on a day."""

    before: Stage
    after: Stage
    on: dt.date


def checked_move(before: Stage, after: Stage, *, on: dt.date, reason: str = "", last_on: dt.date | None = None) -> Move:
    """The move, where it may be: one rung up at a time; skipping rungs, going back, losing and taking up again each
    need a reason. Nothing goes before the day of the last move (``last_on``)."""
    if before is after:
        raise MoveError(f"已经是“{before.label}”。")
    if last_on is not None and on < last_on:
        raise MoveError(f"日期不能早于上一次变动（{last_on:%Y-%m-%d}）。")
    if before is Stage.PRODUCING and after is Stage.LOST:
        raise MoveError("已投产的项目不能记为流失。")
    if not reason.strip():
        if after is Stage.LOST:
            raise MoveError("请写明流失的原因。")
        if before is Stage.LOST:
            raise MoveError("重新跟进，请写明理由。")
        up = LADDER.index(after) - LADDER.index(before)
        if up < 0:
            raise MoveError(f"从“{before.label}”退回“{after.label}”，请写明理由。")
        if up > 1:
            passed = "、".join(stage.label for stage in LADDER[LADDER.index(before) + 1 : LADDER.index(after)])
            raise MoveError(f"越过了“{passed}”，请写明理由。")
    return Move(before, after, on)


def replay(moves: Iterable[Move], on: dt.date | None = None) -> Stage:
    """The stage at the end of a day (the last one without it): moves in the order in which they were recorded."""
    stage = Stage.LEAD
    for move in moves:
        if on is None or move.on <= on:
            stage = move.after
    return stage


def reached(moves: Iterable[Move], on: dt.date | None = None) -> Mapping[Stage, dt.date]:
    """The day on which each rung that holds was reached first. A rung given up again is not reached; one that was
    skipped counts from the day on which it was passed."""
    days: dict[Stage, dt.date] = {}
    for move in moves:
        if on is not None and move.on > on:
            continue
        if move.after is Stage.LOST:
            days[Stage.LOST] = move.on
            continue
        days.pop(Stage.LOST, None)
        height = LADDER.index(move.after)
        for rung in LADDER[height + 1 :]:
            days.pop(rung, None)
        for rung in LADDER[1 : height + 1]:
            days.setdefault(rung, move.on)
    return days
