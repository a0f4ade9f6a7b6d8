"""Scoring that explains itself: schemes as data, points as exact numbers, a reason in words for each of them."""

from luoshi.scoring.combining import PartScore, combine, facts_from
from luoshi.scoring.describing import describe, describe_item
from luoshi.scoring.errors import ChoiceError, FactsError, Problem, SchemeError, ScoringError
from luoshi.scoring.facts import Fact, Facts, read_facts
from luoshi.scoring.ladders import Consequence
from luoshi.scoring.loading import SHIPPED, dump, dump_data, from_data, load, shipped, shipped_text, with_choices
from luoshi.scoring.methods import METHODS, Basis, Better
from luoshi.scoring.numbers import decimal_text, number_text, show
from luoshi.scoring.records import records
from luoshi.scoring.result import ItemScore, Result, Status, UnitScore
from luoshi.scoring.schema import schema_text
from luoshi.scoring.scheme import Assumption, Choice, Group, Item, NoTarget, NotReported, Scheme
from luoshi.scoring.scoring import Options, score
from luoshi.scoring.sensitivity import (
    Dispute,
    Effect,
    UnitChange,
    assumption_effects,
    compare,
    dispute_effects,
    what_if,
)

__all__ = [
    "METHODS",
    "SHIPPED",
    "Assumption",
    "Basis",
    "Better",
    "Choice",
    "ChoiceError",
    "Consequence",
    "Dispute",
    "Effect",
    "Fact",
    "Facts",
    "FactsError",
    "Group",
    "Item",
    "ItemScore",
    "NoTarget",
    "NotReported",
    "Options",
    "PartScore",
    "Problem",
    "Result",
    "Scheme",
    "SchemeError",
    "ScoringError",
    "Status",
    "UnitChange",
    "UnitScore",
    "assumption_effects",
    "combine",
    "compare",
    "decimal_text",
    "describe",
    "describe_item",
    "dispute_effects",
    "dump",
    "dump_data",
    "facts_from",
    "from_data",
    "load",
    "number_text",
    "read_facts",
    "records",
    "schema_text",
    "score",
    "shipped",
    "shipped_text",
    "show",
    "what_if",
    "with_choices",
]
