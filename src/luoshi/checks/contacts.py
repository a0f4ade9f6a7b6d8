"""Mailboxes and telephone numbers that a document spells in several ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.subject import Subject
from luoshi.extraction.model import Span

_MAIL = re.compile(r"(?<![\w.])([A-Za-z0-9_.+-]{3,40})@([A-Za-z0-9-]{1,30}(?:\.[A-Za-z]{2,6}){1,3})")
_PHONE = re.compile(r"(?:电话|手机|联系方式|传真)[）)]?\s*[:：]?\s*((?:0\d{2,3}[-—－ ]?)?\d{7,11})(?!\d)")
_MOST = 50  # spellings that are compared with one another


def check_contacts(subject: Subject) -> Iterator[Finding]:
    """Groups of addresses that differ in one or two characters."""
    mails: dict[str, list[Place]] = {}
    phones: dict[str, list[Place]] = {}
    for line in subject.document.lines:
        if "@" in line.text:
            for match in _MAIL.finditer(line.text):
                mails.setdefault(match[0].lower(), []).append(_place(line.number, match, 0))
        if "电话" in line.text or "手机" in line.text or "联系方式" in line.text:
            for match in _PHONE.finditer(line.text):
                phones.setdefault(re.sub(r"\D", "", match[1]), []).append(_place(line.number, match, 1))
    yield from _groups(subject, mails, "邮箱", 2)
    yield from _groups(subject, phones, "电话", 1)


def _place(line: int, match: re.Match[str], group: int) -> Place:
    return Place((Span(line, match.start(group), match.end(group)),), match[group])


def _groups(subject: Subject, found: dict[str, list[Place]], what: str, most: int) -> Iterator[Finding]:
    """Spellings within ``most`` changes of one that is used oftener (or came first)."""
    spellings = sorted(list(found)[:_MOST], key=lambda text: -len(found[text]))
    taken: set[str] = set()
    for text in spellings:
        if text in taken:
            continue
        like = [t for t in spellings if t != text and t not in taken and 0 < Levenshtein.distance(text, t) <= most
                and len(t.split("@")[0]) > 2 * most and t.partition("@")[2] == text.partition("@")[2]
                and not _counted(text, t)]  # fmt: skip
        if not like:
            continue
        taken.update([text, *like])
        variants = [text, *like]
        places = [place for variant in variants for place in found[variant]]
        line = places[0].line
        index = next((p.index for p in subject.plans if p.draft.first_line <= line <= p.draft.last_line), 0)
        yield finding(
            "contact",
            f"{what}有{len(variants)}种写法：{'、'.join(variants)}。",
            sorted(places, key=lambda place: place.spans),
            plan=index,
            detail="；".join(f"{v} 用了{len(found[v])}次" for v in variants),
            readings=variants,
        )


def _counted(left: str, right: str) -> bool:
    """Whether two numbers are of one series (extensions of one office: 3389871, 3389872); mailboxes never are."""
    return left.isdigit() and len(left) == len(right) and left[:-1] == right[:-1]
