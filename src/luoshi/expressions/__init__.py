"""A small part of Python's expression syntax, for formulas that people write: parsed once, evaluated by simpleeval."""

from luoshi.expressions.language import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    MOST_DIGITS,
    MOST_NODES,
    Blank,
    ExpressionError,
    Kind,
    Parser,
    evaluator,
)

__all__ = [
    "MOST_CHARACTERS",
    "MOST_DEPTH",
    "MOST_DIGITS",
    "MOST_NODES",
    "Blank",
    "ExpressionError",
    "Kind",
    "Parser",
    "evaluator",
]
