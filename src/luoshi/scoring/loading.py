"""Schemes from YAML, to YAML, and those that come with Luoshi."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from luoshi.scoring.building import build, with_choice
from luoshi.scoring.errors import ChoiceError, Problem, SchemeError
from luoshi.scoring.node import Document
from luoshi.scoring.schema import schema_problems
from luoshi.scoring.scheme import Assumption, Scheme
from luoshi.scoring.yaml_text import read_yaml

#: Keys of the schemes that come with Luoshi, in the order in which they are listed.
SHIPPED = (
    "zhaoshang-2023-county-quarter",
    "zhaoshang-2023-county-year",
    "zhaoshang-2023-county-whole-year",
    "zhaoshang-2023-group-quarter",
    "zhaoshang-2023-group-year",
    "zhaoshang-2023-group-whole-year",
    "fiscal-2018-county",
    "fiscal-2018-department-cuts",
    "start-rate-race-2023",
    "late-returns",
    "composite-performance",
)


def load(data: bytes | str) -> Scheme:
    """A scheme from YAML; raises ``SchemeError`` with every problem and its line."""
    content, lines = read_yaml(data)
    return from_data(content, lines)


def from_data(content: Any, lines: Mapping[tuple[str | int, ...], int] | None = None) -> Scheme:
    """A scheme from plain data, as ``Scheme.data`` holds them; raises ``SchemeError``."""
    document = Document(content, lines)
    problems = list(schema_problems(document))
    if problems:
        raise SchemeError(problems)
    scheme = build(document)
    if not document.problems:
        _check_choices(scheme, document)
    if document.problems:
        raise SchemeError(document.problems)
    return scheme


def _check_choices(scheme: Scheme, document: Document) -> None:
    """Whether every other reading of an assumption gives a sound scheme too."""
    for at, assumption in enumerate(scheme.assumptions):
        for choice in assumption.choices:
            if not choice.changes:
                continue
            data = with_choice(document.data, assumption, choice)
            problems = list(_changed_problems(data, assumption))
            if not problems:
                other = Document(data)
                build(other)
                problems = other.problems
            line = document.line(("assumptions", at, "choices", choice.key))
            document.problems.extend(
                Problem(line, f"约定“{assumption.key}”选“{choice.key}”时：{problem.message}") for problem in problems
            )


def _changed_problems(data: Mapping[str, Any], assumption: Assumption) -> Iterator[Problem]:
    """What the schema says to the items and ladders that a choice changes; the others stand as they stood."""
    for group in data["groups"]:
        for item in group["items"]:
            if assumption.touches(item):
                yield from schema_problems(Document(item), "item")
    for ladder in data.get("consequences") or ():
        if ladder["key"] in assumption.ladders:
            yield from schema_problems(Document(ladder), "consequence")


def with_choices(scheme: Scheme, choices: Mapping[str, str]) -> Scheme:
    """The scheme with other readings of its assumptions; raises ``ChoiceError`` for one that it does not offer."""
    chosen = {**scheme.chosen, **choices}
    data: Any = scheme.data
    problems = []
    for key, wanted in chosen.items():
        assumption = next((one for one in scheme.assumptions if one.key == key and one.choices), None)
        if assumption is None:
            offered = "、".join(one.key for one in scheme.assumptions if one.choices) or "没有"
            problems.append(Problem(0, f"没有可选的约定“{key}”，可选的有：{offered}"))
            continue
        choice = next((one for one in assumption.choices if one.key == wanted), None)
        if choice is None:
            offered = "、".join(one.key for one in assumption.choices)
            problems.append(Problem(0, f"约定“{key}”没有“{wanted}”这种做法，可选的有：{offered}"))
            continue
        data = with_choice(data, assumption, choice)
    if problems:
        raise ChoiceError(problems)
    document = Document(data)
    changed = build(document)
    if document.problems:  # two choices that do not go together
        raise ChoiceError(document.problems)
    # the data stay those that were read, so that another choice starts from them again
    return replace(changed, chosen=chosen, data=scheme.data)


class _Dumper(yaml.SafeDumper):
    """Writes lists and mappings in full, decimals as they are."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, number: Decimal) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", f"{number:f}")


_Dumper.add_representer(Decimal, _decimal)


def dump(scheme: Scheme) -> str:
    """A scheme as YAML that ``load`` reads back the same."""
    return dump_data(scheme.data)


def dump_data(data: Mapping[str, Any]) -> str:
    """The data of a scheme as YAML, whether they make up a sound one or not."""
    text: str = yaml.dump(
        dict(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False
    )
    return text


def shipped_text(key: str) -> str:
    """The YAML of a scheme that comes with Luoshi; raises ``KeyError``."""
    if key not in SHIPPED:
        raise KeyError(key)
    return files("luoshi.scoring").joinpath("schemes", f"{key}.yaml").read_text("utf-8")


@lru_cache(maxsize=len(SHIPPED))
def shipped(key: str) -> Scheme:
    """A scheme that comes with Luoshi; raises ``KeyError``."""
    return load(shipped_text(key))
