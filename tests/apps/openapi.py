"""A small reader of OpenAPI documents: checks values against schemas, and makes valid and invalid ones.

It knows the words that the project's own document uses and stops at any other, so that nothing passes unchecked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
_IGNORED = {"title", "description", "default", "deprecated"}
_KNOWN = _IGNORED | {
    *("$ref", "type", "anyOf", "allOf", "enum", "const", "items", "prefixItems", "properties", "required", "format"),
    *("additionalProperties", "minimum", "maximum", "maxLength", "minLength", "minItems", "maxItems"),
}


class Document:
    """An OpenAPI document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(method, path, operation)."""
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                yield method, path, operation

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema to which a reference leads."""
        while "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        if len(schema.get("allOf", ())) == 1:
            return self.resolve(schema["allOf"][0])
        return schema

    def faults(self, schema: dict[str, Any], value: Any, place: str = "$") -> list[str]:
        """What is wrong with the value."""
        schema = self.resolve(schema)
        if unknown := set(schema) - _KNOWN:
            raise NotImplementedError(f"{place}: {unknown}")
        if "anyOf" in schema:
            choices = [self.faults(choice, value, place) for choice in schema["anyOf"]]
            return [] if any(not faults for faults in choices) else min(choices, key=len)
        kind = schema.get("type")
        if kind is not None:
            right = isinstance(value, _TYPES[kind]) and not (kind in ("integer", "number") and isinstance(value, bool))
            if not right:
                return [f"{place}: {value!r} is not {kind}"]
        if "const" in schema and value != schema["const"]:
            return [f"{place}: {value!r} is not {schema['const']!r}"]
        if "enum" in schema and value not in schema["enum"]:
            return [f"{place}: {value!r} is none of {schema['enum']}"]
        if isinstance(value, str):
            return self._string_faults(schema, value, place)
        if isinstance(value, list):
            return self._array_faults(schema, value, place)
        if isinstance(value, dict):
            return self._object_faults(schema, value, place)
        if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            return [f"{place}: {value} out of range"]
        return []

    @staticmethod
    def _string_faults(schema: dict[str, Any], value: str, place: str) -> list[str]:
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            return [f"{place}: length {len(value)}"]
        try:
            match schema.get("format"):
                case "date":
                    dt.date.fromisoformat(value)
                case "date-time":
                    if dt.datetime.fromisoformat(value).tzinfo is None:
                        return [f"{place}: {value} has no time zone"]
                case None | "binary":
                    pass
                case other:
                    raise NotImplementedError(other)
        except ValueError:
            return [f"{place}: {value!r} is no {schema['format']}"]
        return []

    def _array_faults(self, schema: dict[str, Any], value: list[Any], place: str) -> list[str]:
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return [f"{place}: {len(value)} items"]
        shapes = schema.get("prefixItems") or [schema.get("items", {})] * len(value)
        return [
            fault
            for index, (shape, item) in enumerate(zip(shapes, value, strict=False))
            for fault in self.faults(shape, item, f"{place}[{index}]")
        ]

    def _object_faults(self, schema: dict[str, Any], value: dict[str, Any], place: str) -> list[str]:
        faults = [f"{place}: lacks {name}" for name in schema.get("required", ()) if name not in value]
        properties, more = (
            schema.get("properties", {}),
            schema.get("additionalProperties", not schema.get("properties")),
        )
        for name, item in value.items():
            if name in properties:
                faults += self.faults(properties[name], item, f"{place}.{name}")
            elif isinstance(more, dict):
                faults += self.faults(more, item, f"{place}.{name}")
            elif not more:
                faults.append(f"{place}: {name} is not described")
        return faults

    def valid(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        """Values that fit the schema."""
        schema = self.resolve(schema)
        if "anyOf" in schema:
            return st.one_of(*(self.valid(choice) for choice in schema["anyOf"]))
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        match schema.get("type"):
            case "integer":
                return st.integers(schema.get("minimum", -(2**70)), schema.get("maximum", 2**70))
            case "number":
                return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)
            case "boolean":
                return st.booleans()
            case "null":
                return st.none()
            case "array":
                return st.lists(self.valid(schema.get("items", {})), max_size=3)
            case "object":
                return self._valid_object(schema)
            case "string":
                return self._valid_string(schema)
        return st.recursive(_scalars(), lambda inner: st.lists(inner, max_size=2), max_leaves=4)

    def _valid_object(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        required = set(schema.get("required", ()))
        fields = {name: self.valid(shape) for name, shape in schema.get("properties", {}).items()}
        if not fields:
            return st.dictionaries(st.text(max_size=8), st.recursive(_scalars(), st.lists, max_leaves=3), max_size=3)
        return st.fixed_dictionaries(
            {name: fields[name] for name in fields if name in required},
            optional={name: fields[name] for name in fields if name not in required},
        )

    @staticmethod
    def _valid_string(schema: dict[str, Any]) -> st.SearchStrategy[str]:
        match schema.get("format"):
            case "date":
                return st.dates().map(dt.date.isoformat)
            case "date-time":
                return st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat)
        most = min(schema.get("maxLength", 40), 40)
        return st.text(st.characters(codec="utf-8"), min_size=schema.get("minLength", 0), max_size=most)


def _scalars() -> st.SearchStrategy[Any]:
    return st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)


def anything() -> st.SearchStrategy[Any]:
    """Values that seldom fit anything."""
    return st.one_of(
        _scalars(),
        st.sampled_from(["", "0", "-1", "1e400", "NaN", "9" * 40, "\x00", "'; --", "%", "2026-02-30", "null", "真"]),
        st.lists(_scalars(), max_size=2),
        st.dictionaries(st.text(max_size=4), _scalars(), max_size=2),
    )
