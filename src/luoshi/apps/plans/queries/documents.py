"""Which part of a document may be read: a file may hold more than the plans that a person sees, a gazette many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Case, Value, When

from luoshi.apps.organisations.policies import OVERSEERS, authority
from luoshi.apps.plans.models import PlanVersion, SourceDocument
from luoshi.apps.plans.policies import overseen_plans, visible_documents, visible_plans


def lines_seen(user: Any, documents: Collection[int]) -> dict[int, list[range]]:
    """The lines (from 1) of the versions of plans that the person sees, by document; apart and in order: one query."""
    versions = PlanVersion.objects.filter(
        document_id__in=documents, plan__in=visible_plans(user).order_by().values("pk")
    ).order_by("document_id", "first_line", "last_line")
    found: defaultdict[int, list[range]] = defaultdict(list)
    for document, first, last in versions.values_list("document_id", "first_line", "last_line"):
        parts = found[document]
        if parts and first <= parts[-1].stop:
            parts[-1] = range(parts[-1].start, max(parts[-1].stop, last + 1))
        else:
            parts.append(range(first, last + 1))
    return dict(found)


def files_seen(user: Any, documents: Collection[int]) -> set[int]:
    """The documents whose files the person may have: three queries.

    Who oversees every plan that was read from it has the file. Others, also who oversees some of them, have it only if
    it says nothing beyond the plans that they see: every line with words lies in a version of one of them.
    """
    found: set[int] = set()
    if authority(user).holds(*OVERSEERS):
        own = overseen_plans(user).order_by().values("pk")
        whole = Case(When(plan__in=own, then=Value(True)), default=Value(False))
        rows = PlanVersion.objects.filter(document_id__in=documents).order_by().annotate(whole=whole)
        read = set(rows.values_list("document_id", "whole"))
        found = {document for document, is_whole in read if is_whole and (document, False) not in read}
    rest = [document for document in documents if document not in found]
    if not rest:
        return found
    seen = lines_seen(user, rest)
    for document in SourceDocument.objects.filter(pk__in=seen).only("text").iterator():
        covered = {number for part in seen[document.pk] for number in part}
        lines = enumerate(document.lines(), start=1)
        if all(number in covered for number, text in lines if text.strip()):
            found.add(document.pk)
    return found


def document_with_file(user: Any, document_id: int) -> SourceDocument | None:
    """The document whose file the person may have, without its text; ``None`` where there is none for them."""
    document = visible_documents(user).defer("text", "tables").filter(pk=document_id).first()
    return document if document is not None and document.pk in files_seen(user, (document.pk,)) else None
