"""The ledgers that a shipped scheme's items usually take their figures from, set for an adoption at once."""

from __future__ import annotations

from luoshi.apps.assessment.models import Adoption, ItemSource, SourceKind
from luoshi.apps.assessment.sources import Usual, usual_figures
from luoshi.scoring import Scheme


def usual_left(adoption: Adoption, scheme: Scheme) -> dict[str, Usual]:
    """Items that have a usual figure and are typed by hand so far: one query."""
    usual = usual_figures(scheme)
    if not usual:
        return {}
    rows = ItemSource.objects.filter(adoption=adoption).exclude(kind=SourceKind.HAND)
    set_already = set(rows.values_list("item", flat=True))
    return {item: one for item, one in usual.items() if item not in set_already}


def set_usual(adoption: Adoption, scheme: Scheme) -> dict[str, Usual]:
    """Set them; part of another act. Whoever checks an item goes on checking it."""
    left = usual_left(adoption, scheme)
    for item, one in left.items():
        ItemSource.objects.update_or_create(
            adoption=adoption, item=item, defaults={"kind": one.kind, "parameters": {"figure": one.figure}}
        )
    return left
