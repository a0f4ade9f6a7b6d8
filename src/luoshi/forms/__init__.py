"""Forms as data: definition, values, validation, workbooks."""

from luoshi.forms.cells import Cell, ObservedCell, cells, observed, place_of
from luoshi.forms.computing import compute
from luoshi.forms.definition import definition_problems, from_json, schema, to_json
from luoshi.forms.difference import difference
from luoshi.forms.errors import DefinitionError, ValueProblem, WrongWorkbook
from luoshi.forms.following import following
from luoshi.forms.model import (
    MEANING_TYPES,
    NUMERIC,
    Address,
    Change,
    Choice,
    Context,
    Field,
    FieldType,
    FormDefinition,
    Meaning,
    Problem,
    Row,
    Rule,
    Section,
    SectionKind,
    Severity,
    Values,
)
from luoshi.forms.parsing import UnitNames, parse_cell, unit_names
from luoshi.forms.validation import adds_up, check
from luoshi.forms.values import show, take
from luoshi.forms.workbook import Filled, Stamp, read_workbook, write_workbook

__all__ = [
    "MEANING_TYPES",
    "NUMERIC",
    "Address",
    "Cell",
    "Change",
    "Choice",
    "Context",
    "DefinitionError",
    "Field",
    "FieldType",
    "Filled",
    "FormDefinition",
    "Meaning",
    "ObservedCell",
    "Problem",
    "Row",
    "Rule",
    "Section",
    "SectionKind",
    "Severity",
    "Stamp",
    "UnitNames",
    "ValueProblem",
    "Values",
    "WrongWorkbook",
    "adds_up",
    "cells",
    "check",
    "compute",
    "definition_problems",
    "difference",
    "following",
    "from_json",
    "observed",
    "parse_cell",
    "place_of",
    "read_workbook",
    "schema",
    "show",
    "take",
    "to_json",
    "unit_names",
    "write_workbook",
]
