"""Limits of length, where a government has set them: an optional rule, off unless asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.subject import Subject

_BLANKS = re.compile(r"\s")


def check_limits(subject: Subject) -> Iterator[Finding]:
    """Plans with more characters (prose and tables, without blanks) or pages, where the file has any, than allowed."""
    options = subject.options
    for plan in subject.plans:
        if plan.is_notice or plan.is_chronicle or not plan.paragraphs:
            continue
        lines = subject.document.lines[plan.draft.first_line - 1 : plan.draft.last_line]
        characters = sum(len(_BLANKS.sub("", line.text)) for line in lines)
        pages = len({line.page for line in lines if line.page is not None})
        found = []
        if options.characters is not None and characters > options.characters:
            found.append(f"{characters:,}字，限{options.characters:,}字")
        if options.pages is not None and pages > options.pages:
            found.append(f"{pages}页，限{options.pages}页")
        if found:
            first = plan.paragraphs[0]
            yield finding(
                "document-length",
                f"《{plan.draft.title}》{'；'.join(found)}。",
                [Place(first.spans(), first.text)],
                plan=plan.index,
                data={"characters": str(characters), "pages": str(pages)},
            )
