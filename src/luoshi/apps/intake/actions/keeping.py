"""What nobody has decided on in the draft of a new version, set against the version in force.

An item that reads just as what is in force was confirmed once already: it stays in force. One that the version in force
reads otherwise must be decided on before anything is published, or what is in force would silently be retired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from luoshi.apps.intake import values
from luoshi.apps.intake.models import Draft, DraftItem, ItemKind, ItemState
from luoshi.apps.plans import actions as plans
from luoshi.apps.plans.publication import Publication

Assemble = Callable[[Draft, list[DraftItem], list[DraftItem]], Publication]


@dataclass(frozen=True, slots=True)
class Undecided:
    """Pending items of a draft by what they would do to the version in force (what is merely new is in neither)."""

    unchanged: tuple[DraftItem, ...] = ()
    changed: tuple[DraftItem, ...] = ()


def undecided(draft: Draft, items: Sequence[DraftItem], assemble: Assemble, state: plans.InForce | None) -> Undecided:
    """Compare the draft, as if all of it were confirmed, with the plan that it supersedes; nothing for a new plan."""
    pending = [item for item in items if item.state == ItemState.PENDING]
    if draft.supersedes is None or not pending:
        return Undecided()
    everything = [item for item in items if item.state != ItemState.REJECTED]
    done: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for change in plans.compare(draft.supersedes, assemble(draft, list(items), everything), state):
        if change.what != "retired":
            done[change.kind, change.line, change.text].add(change.what)
    found = {item.pk: [done.get(key, {"added"}) for key in _keys(item)] for item in pending}
    return Undecided(
        unchanged=tuple(item for item in pending if all(what == {"kept"} for what in found[item.pk])),
        # A clause of which some units stay and others are new has changed, too.
        changed=tuple(
            item
            for item in pending
            if any("changed" in what for what in found[item.pk])
            or (any("kept" in what for what in found[item.pk]) and any("added" in what for what in found[item.pk]))
        ),
    )


def _keys(item: DraftItem) -> list[tuple[str, int, str]]:
    """How the comparison names what the item would publish: a clause by its units, a table by its title."""
    if item.kind == ItemKind.RESPONSIBILITY:
        return [(item.kind, item.line, entry["name"]) for role in values.ROLES for entry in item.data.get(role, ())]
    return [(item.kind, item.line, item.data["title"] if item.kind == ItemKind.TABLE else item.text)]
