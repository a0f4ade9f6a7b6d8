"""履约率, 开工率, 投产率, 资金到位率 of signed projects. The sources name the rates and print no formula: assumed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from luoshi.promotion.stages import LADDER, Stage

#: Formulas in words, shown beside the rates.
FORMULAS = {
    "fulfilment": "已开工或已有资金到位的签约项目÷签约项目",
    "start": "已开工的签约项目÷签约项目",
    "production": "已投产的签约项目÷签约项目",
    "funds": "到位资金÷协议投资额",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """A project that was signed: how far it is, what was agreed and what has come (元). ``part`` of it counts."""

    stage: Stage
    agreed: Decimal
    received: Decimal
    part: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of 1, ``None`` where nothing was signed (or agreed)."""

    signed: Decimal
    fulfilment: Decimal | None
    start: Decimal | None
    production: Decimal | None
    funds: Decimal | None


def rates_of(projects: Iterable[Progress]) -> Rates:
    """The rates of signed projects; lost ones stay among the signed, as they were not fulfilled."""
    zero = Decimal(0)
    signed = fulfilled = started = producing = agreed = received = zero
    for one in projects:
        height = LADDER.index(one.stage) if one.stage in LADDER else 0
        signed += one.part
        begun = height >= LADDER.index(Stage.STARTED)
        started += one.part if begun else zero
        fulfilled += one.part if begun or one.received > 0 else zero
        producing += one.part if one.stage is Stage.PRODUCING else zero
        agreed += one.agreed * one.part
        received += one.received * one.part
    if not signed:
        return Rates(zero, None, None, None, None)
    return Rates(
        signed, fulfilled / signed, started / signed, producing / signed, received / agreed if agreed else None
    )
