"""What the check-up's pages show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse

from luoshi.apps.checkup.items import Sides, corrected, targets_of
from luoshi.apps.checkup.kinds import kind_name, kinds
from luoshi.apps.checkup.models import CheckUp, Decision, Finding, FindingSeverity
from luoshi.apps.checkup.quoting import Header, Pages, Side, sides
from luoshi.apps.intake.models import Draft, DraftItem, DraftState, ItemKind
from luoshi.apps.intake.policies import visible_drafts
from luoshi.apps.plans.models import Plan, PlanVersion
from luoshi.apps.plans.policies import visible_plans

PAGE = 100
STATES = {"open": "待处理", "decided": "已处理"}
_ORDER = Case(
    *(When(severity=severity, then=Value(place)) for place, severity in enumerate(FindingSeverity.values)),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings the address asks for; empty: all."""

    severity: str = ""
    kind: str = ""
    state: str = ""
    errors: tuple[str, ...] = ()

    @classmethod
    def from_address(cls, query: Mapping[str, str]) -> FindingFilter:
        """From the address; what is no choice is left out and named in ``errors``."""
        asked, errors = {}, []
        choices = {"severity": FindingSeverity.values, "kind": kinds(), "state": STATES}
        for (name, known), label in zip(choices.items(), ("程度", "类别", "处理"), strict=True):
            value = query.get(name, "").strip()
            asked[name] = value if value in known else ""
            if value and not asked[name]:
                errors.append(f"{label}“{value[:20]}”无法识别，未按此筛选。")
        return cls(**asked, errors=tuple(errors))

    def address(self, **changes: str) -> str:
        """As it stands in an address."""
        asked = replace(self, **changes)
        pairs = {"severity": asked.severity, "kind": asked.kind, "state": asked.state}
        return urlencode({name: value for name, value in pairs.items() if value})

    def narrow(self, findings: QuerySet[Finding]) -> QuerySet[Finding]:
        """The findings that are asked for."""
        if self.severity:
            findings = findings.filter(severity=self.severity)
        if self.kind:
            findings = findings.filter(kind=self.kind)
        if self.state == "open":
            findings = findings.filter(decision=Decision.OPEN)
        elif self.state == "decided":
            findings = findings.exclude(decision=Decision.OPEN)
        return findings

    def told(self) -> list[tuple[str, str]]:
        """In words, for an export."""
        return [
            (name, value or "全部")
            for name, value in (
                ("程度", dict(FindingSeverity.choices).get(self.severity, "")),
                ("类别", kind_name(self.kind) if self.kind else ""),
                ("处理", STATES.get(self.state, "")),
            )
        ]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings there are of one severity or kind, and how many of them wait."""

    key: str
    label: str
    total: int
    open: int


@dataclass(frozen=True, slots=True)
class Counts:
    """All counts of one draft: one query."""

    total: int
    open: int
    severities: tuple[Tally, ...]
    kinds: tuple[Tally, ...]

    @property
    def decided(self) -> int:
        """How many have been decided on."""
        return self.total - self.open


def counts_of(draft: Draft) -> Counts:
    """How many findings of each severity and kind."""
    rows = list(
        Finding.objects.filter(draft=draft)
        .order_by()
        .values_list("severity", "kind", "decision")
        .annotate(number=Count("pk"))
    )

    def tally(place: int, key: str, label: str) -> Tally:
        own = [row for row in rows if row[place] == key]
        return Tally(key, label, sum(row[3] for row in own), sum(row[3] for row in own if row[2] == Decision.OPEN))

    found = [key for key in kinds() if any(row[1] == key for row in rows)]
    return Counts(
        sum(row[3] for row in rows),
        sum(row[3] for row in rows if row[2] == Decision.OPEN),
        tuple(tally(0, key, label) for key, label in FindingSeverity.choices),
        tuple(tally(1, key, kind_name(key)) for key in found),
    )


def findings_of(draft: Draft) -> QuerySet[Finding]:
    """The draft's findings, the gravest first, then in the order of the text."""
    found = Finding.objects.filter(draft=draft).select_related("decided_by")
    return found.order_by(_ORDER, "position", "pk")


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done at once with the targets at the other place when one reading is kept."""

    keep: str
    label: str
    reject: str
    correct: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding as drawn."""

    finding: Finding
    sides: list[Side]
    offers: list[Offer]


@dataclass(frozen=True, slots=True)
class FindingPage:
    """A page of findings."""

    rows: list[FindingRow]
    total: int
    number: int
    pages: int
    first: int
    last: int


def finding_page(
    draft: Draft, asked: FindingFilter, number: int, *, user: Any, plan: Plan | None = None
) -> FindingPage:
    """One page as the address asks for it: five queries. Lines lead to the draft, or to the source of ``plan``."""
    found = asked.narrow(findings_of(draft))
    total = found.order_by().count()
    pages = max(1, -(-total // PAGE))
    number = min(max(number, 1), pages)
    start = (number - 1) * PAGE
    shown = list(found[start : start + PAGE])
    rows = finding_rows(draft, shown, user=user, plan=plan)
    return FindingPage(rows, total, number, pages, start + 1 if shown else 0, start + len(shown))


def finding_rows(draft: Draft, findings: list[Finding], *, user: Any, plan: Plan | None = None) -> list[FindingRow]:
    """The findings with their places quoted: three queries. ``user`` is who reads them."""
    if not findings:
        return []
    pages = _pages(draft, plan, user)
    targets = targets_of(draft, findings) if plan is None and draft.state == DraftState.OPEN else {}
    return [
        FindingRow(finding, sides(finding, pages), list(_offers(finding, targets.get(finding.pk))))
        for finding in findings
    ]


def _pages(draft: Draft, plan: Plan | None, user: Any) -> Pages:
    # Only what the person may see lends its title to a place: another owner's document in the file stays unnamed.
    seen = Q(pk__in=visible_drafts(user).values("pk"))
    if plan is not None:
        seen |= Q(version__plan__in=visible_plans(user).values("pk"))
    siblings = list(
        Draft.objects.filter(seen, upload_id=draft.upload_id)
        .exclude(pk=draft.pk)
        .select_related("version")
        .only("title", "first_line", "last_line", "version__plan", "version__ordinal")
    )
    # A clause may refer to a table that belongs to another document of the same file.
    tables = DraftItem.objects.filter(draft__upload_id=draft.upload_id, kind=ItemKind.TABLE)
    rows = tables.order_by("line").values_list("line", "data__line_end", "data__header")
    headers = [Header(line, last or line, tuple(header or ())) for line, last, header in rows]

    def lead(line: int) -> tuple[str, str]:
        if draft.first_line <= line <= draft.last_line:
            return "", _address(draft, plan.pk if plan else None, line)
        other = next((one for one in siblings if one.first_line <= line <= one.last_line), None)
        if other is None or (plan is not None and other.version is None):
            return (other.title if other else "方案以外的部分"), ""
        return other.title, _address(other, other.version.plan_id if plan and other.version else None, line)

    return Pages(draft.document.lines(), headers, draft.first_line, draft.last_line, lead)


def _address(draft: Draft, plan_id: int | None, line: int) -> str:
    if plan_id is not None:
        version = f"version={draft.version.ordinal}&" if draft.version else ""
        return f"{reverse('plans:source', args=(plan_id,))}?{version}line={line}#L{line}"
    return f"{reverse('intake:draft', args=(draft.pk,))}?line={line}"


def _offers(finding: Finding, known: Sides | None) -> Iterator[Offer]:
    if known is None:
        return
    for kept, (decision, label) in enumerate(((Decision.KEEP_FIRST, "保留甲"), (Decision.KEEP_SECOND, "保留乙"))):
        others = known.other(kept)
        if not others:
            continue
        value = known.values[kept]
        fits = [item for item in others if value and corrected(item, value)]
        names = "、".join(dict.fromkeys(item.data["indicator"] for item in others))
        yield Offer(
            decision.value,
            label,
            f"剔除{'乙' if kept == 0 else '甲'}处的目标“{names}”",
            f"把{'乙' if kept == 0 else '甲'}处的目标改为{finding.readings[kept]}" if fits else "",
        )


def checked_at(draft: Draft) -> Any:
    """When the draft was checked last."""
    return CheckUp.objects.filter(draft=draft).values_list("checked_at", flat=True).first()


def draft_of(plan: Plan, ordinal: int | None = None) -> Draft | None:
    """The draft from which a version (the latest by default) was published, with its document; where it was taken up
    again (补确认), the same draft, which now leads to a later version or waits for it."""
    versions = PlanVersion.objects.filter(plan=plan).order_by("-ordinal")
    version = versions.first() if ordinal is None else versions.filter(ordinal=ordinal).first()
    if version is None:
        return None
    same = Q(document=version.document_id, first_line=version.first_line, last_line=version.last_line)
    drafts = drafts_of(plan).filter(Q(version=version) | same).exclude(state=DraftState.DISCARDED)
    return min(drafts, key=lambda draft: (draft.version_id != version.pk, -draft.pk), default=None)


def drafts_of(plan: Plan) -> QuerySet[Draft]:
    """The drafts from which the plan's versions were published, those taken up again included."""
    versions = PlanVersion.objects.filter(plan=plan, document=OuterRef("document"), first_line=OuterRef("first_line"))
    again = Q(supersedes=plan, version=None) & Q(Exists(versions))
    drafts = Draft.objects.filter(Q(version__plan=plan) | again)
    return drafts.select_related("document", "owner", "version__plan__owner")
