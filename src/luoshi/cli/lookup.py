"""Units named on the command line."""

from __future__ import annotations

from typing import Any

import click


def unit_named(text: str | None) -> Any:
    """The unit of a code or a name; without one, the prefecture (else the first unit of the register).

    An unknown or ambiguous name stops with a message that names the nearest ones.
    """
    from luoshi.apps.organisations.models import Unit, UnitKind
    from luoshi.apps.organisations.queries import directory

    if text is None:
        unit = Unit.objects.filter(kind=UnitKind.PREFECTURE).first() or Unit.get_first_root_node()
        if unit is None:
            raise click.ClickException("还没有单位，请先运行：luoshi units load 单位表.csv 单位名称表.csv")
        return unit
    if unit := Unit.objects.filter(key=text).first():
        return unit
    found = directory().resolve(text)
    if len(found.keys) == 1:
        return Unit.objects.get(key=found.keys[0])
    if found.keys:
        raise click.ClickException(f"“{text}”不止一个单位，请用代码：{'、'.join(found.keys)}")
    near = "、".join(name for name, _, _ in found.nearest[:3])
    raise click.ClickException(f"没有这个单位：{text}" + (f"。相近的有：{near}" if near else ""))
