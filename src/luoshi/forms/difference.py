"""What changed between two returns."""

from __future__ import annotations

from luoshi.forms.model import Change, Values


def difference(before: Values, after: Values) -> list[Change]:
    """The cells that differ: those of ``before`` in its order, then the new ones. Empty exactly when cells are equal.

    A row that was added or removed without any cell is no change; the order of rows is none either.
    """
    changes = []
    for address, old in before.cells.items():
        new = after.cells.get(address)
        if (old or None) != (new or None):
            changes.append(Change(address, old or None, new or None))
    changes.extend(
        Change(address, None, new) for address, new in after.cells.items() if new and address not in before.cells
    )
    return changes
