"""Forms that come with Luoshi, each from a published plan; installed with their indicators as drafts of a unit."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from luoshi.apps.reporting.form_file import FormFile, read_form_file

#: In the order of the page.
KEYS = (
    "market-entities-2018",
    "market-entities-2019",
    "investment-projects",
    "investment-funds",
    "investment-activities",
    "fiscal-monthly",
    "fixed-assets-monthly",
    "task-list-monthly",
)


@cache
def ready_made(key: str) -> FormFile:
    """The form of that key; ``KeyError`` for an unknown one."""
    if key not in KEYS:
        raise KeyError(key)
    return read_form_file(files(__package__).joinpath(f"{key}.json").read_bytes())


def all_ready_made() -> list[FormFile]:
    """All of them, in the order of the page."""
    return [ready_made(key) for key in KEYS]
