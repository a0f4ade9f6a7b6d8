"""Reads of forms: the list, one form's page, what changed from one version to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting import schedule
from luoshi.apps.reporting.form_file import FormFile
from luoshi.apps.reporting.models import Form, FormVersion, ReturnState, ReviewStage, Round
from luoshi.apps.reporting.policies import collected_forms, visible_forms
from luoshi.forms import Meaning

PAGE = 100
#: The journal's word for making a form from a ready-made one.
INSTALLED = "启用报表"
STATES = {"": "在用", "draft": "有草稿", "retired": "已停用", "all": "全部"}
#: What came, as ``queries.timeliness`` counts it: coming back for a correction undoes nothing.
RECEIVED = (ReturnState.IN_REVIEW, ReturnState.SENT_BACK, ReturnState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class RoundCounts:
    """How many returns of a round are asked for, were received, are exempt."""

    round: Round
    asked: int
    received: int
    exempt: int

    @property
    def left(self) -> int:
        """How many never came: not due yet, or missing."""
        return self.asked - self.received

    @property
    def missing(self) -> int:
        """How many are asked for and have not come."""
        return self.asked - self.received


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form in the list; ``current`` is the version in force or next to be, ``draft`` one being worked on."""

    form: Form
    current: FormVersion | None
    draft: FormVersion | None
    due: str
    coming: Sequence[schedule.Coming]
    round: RoundCounts | None
    reporters: int
    may_collect: bool


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page of the list."""

    rows: Sequence[FormRow]
    total: int
    number: int
    pages: int


def form_page(
    user: Any, *, state: str = "", text: str = "", owner: int | None = None, number: int = 1, today: dt.date
) -> FormPage:
    """The forms that the person sees: a few queries, whatever their number."""
    found = narrowed(user, state=state, text=text, owner=owner)
    total = found.count()
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    forms = list(found.select_related("owner", "plan").order_by("title", "pk")[(number - 1) * PAGE : number * PAGE])
    return FormPage(_rows(user, forms, today), total, number, pages)


def narrowed(user: Any, *, state: str = "", text: str = "", owner: int | None = None) -> QuerySet[Form]:
    """The forms that the person sees, by state, words and owner."""
    found = visible_forms(user)
    draft = FormVersion.objects.filter(form=OuterRef("pk"), published_at=None)
    if state == "draft":
        found = found.filter(Exists(draft), pk__in=collected_forms(user).order_by().values("pk"))
    elif state == "retired":
        found = found.filter(is_active=False)
    elif state != "all":
        found = found.filter(is_active=True)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(purpose__icontains=text) | Q(key=text))
    return found.filter(owner_id=owner) if owner else found


def _rows(user: Any, forms: Sequence[Form], today: dt.date) -> list[FormRow]:
    numbers = [form.pk for form in forms]
    current: dict[int, FormVersion] = {}
    drafts: dict[int, FormVersion] = {}
    versions = FormVersion.objects.filter(form__in=numbers).defer("definition").annotate(asked=Count("reporters"))
    for version in versions.order_by("form_id", "first_day", "ordinal"):
        if version.published_at is None:
            drafts[version.form_id] = version
        elif version.form_id not in current or (version.first_day and version.first_day <= today):
            current[version.form_id] = version
    latest = Round.objects.filter(form=OuterRef("form")).order_by("-first_day").values("pk")[:1]
    rounds = Round.objects.filter(form__in=numbers, pk=Subquery(latest)).annotate(**COUNTS)
    counted = {row.form_id: counts_of(row) for row in rounds}
    mine = set(collected_forms(user).filter(pk__in=numbers).order_by().values_list("pk", flat=True))
    rows = []
    for form in forms:
        version = current.get(form.pk)
        shown = version or drafts.get(form.pk)
        rows.append(
            FormRow(
                form,
                version,
                drafts.get(form.pk) if form.pk in mine else None,
                schedule.due_words(shown) if shown else "",
                schedule.coming(version, today, 1) if version and form.is_active else (),
                counted.get(form.pk),
                shown.asked if shown else 0,
                form.pk in mine,
            )
        )
    return rows


#: Annotations of a round: how many returns there are, received and exempt.
COUNTS = {
    "returns_all": Count("returns"),
    "returns_received": Count("returns", filter=Q(returns__state__in=RECEIVED)),
    "returns_exempt": Count("returns", filter=Q(returns__state=ReturnState.EXEMPT)),
}


def counts_of(row: Any) -> RoundCounts:
    """The counts of a round that was read with ``COUNTS``."""
    return RoundCounts(row, row.returns_all - row.returns_exempt, row.returns_received, row.returns_exempt)


def form_versions(form: Form, *, with_draft: bool) -> list[FormVersion]:
    """The versions, the latest first, with who made them and who reports."""
    found = form.versions.select_related("created_by", "published_by").order_by("-ordinal")
    if not with_draft:
        found = found.filter(published_at__isnull=False)
    return list(found.prefetch_related(Prefetch("reporters", Unit.objects.order_by("path"))))


def installed(user: Any, files: Sequence[FormFile]) -> dict[str, list[Form]]:
    """The forms (that the person sees) made from each ready-made one, by its key, whatever they are called now.

    Where a form comes from is in the journal; one with the key or the title of a ready-made form counts too.
    """
    by_title = {file.title: file.key for file in files}
    entries = Entry.objects.filter(object_type=Form._meta.label_lower, action=INSTALLED).values_list(
        "object_id", "after"
    )
    origin = {int(number): by_title[after["title"]] for number, after in entries if after["title"] in by_title}
    named = Q(pk__in=origin) | Q(key__in=by_title.values()) | Q(title__in=by_title)
    keys = set(by_title.values())
    found: dict[str, list[Form]] = {}
    for form in visible_forms(user).filter(named).select_related("owner"):
        key = origin.get(form.pk) or (form.key if form.key in keys else by_title[form.title])
        found.setdefault(key, []).append(form)
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs between two versions; ``before`` or ``after`` is empty where it was added or removed."""

    place: str
    before: str = ""
    after: str = ""


_FIELD_WORDS = {
    "label": "名称", "type": "类型", "unit_of_measure": "计量单位", "decimals": "小数", "required": "必填",
    "minimum": "下限", "maximum": "上限", "formula": "公式", "help": "说明", "indicator": "指标",
    "cumulative": "累计数", "choices": "选项", "observed": "逐行指标", "meaning": "用途", "unit": "所填单位",
    "total_of": "合计", "blocked": "不填的列",
    "title": "名称", "kind": "行的方式", "least_rows": "最少行数", "most_rows": "最多行数", "identified_by": "不得重复",
    "expression": "关系", "message": "提示", "severity": "强制",
}  # fmt: skip
TYPES = {
    "number": "数值", "integer": "整数", "date": "日期", "period": "年月", "choice": "选择", "text": "文字",
    "unit": "单位", "project": "项目", "enterprise": "企业", "file": "佐证文件", "project-code": "投资项目代码",
}  # fmt: skip

#: What becomes of a column when a return has passed review, beyond being shown.
MEANINGS = {
    Meaning.PROBLEM: "作为需协同事项",
    Meaning.PROBLEM_UNIT: "作为请求协同的单位",
    Meaning.PROBLEM_DUE: "作为希望解决的时限",
}


def difference_of(before: FormVersion, after: FormVersion) -> list[Difference]:
    """What changed between two versions, in the words of the page: schedule, reporters, sections, columns, rows."""
    found = []
    for place, old, new in (
        ("报送时间", schedule.due_words(before), schedule.due_words(after)),
        ("提前开放", f"{before.open_days}天", f"{after.open_days}天"),
        ("迟报仍收", f"{before.late_days}天", f"{after.late_days}天"),
        ("审核环节", _stages(before), _stages(after)),
    ):
        if old != new:
            found.append(Difference(place, old, new))
    units, later = ({unit.pk: str(unit) for unit in version.reporters.all()} for version in (before, after))
    gone = "、".join(name for pk, name in units.items() if pk not in later)
    come = "、".join(name for pk, name in later.items() if pk not in units)
    if gone or come:
        found.append(Difference("填报单位", f"减少：{gone}" if gone else "", f"增加：{come}" if come else ""))
    return found + definition_difference(before.definition, after.definition)


def _stages(version: FormVersion) -> str:
    return "、".join(str(ReviewStage(stage).label) for stage in version.review_stages) or "不审核"


def definition_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What changed between two definitions; parts are the same when their keys are."""
    found: list[Difference] = []
    old, new = _taken_apart(before), _taken_apart(after)
    for place in [*old, *(place for place in new if place not in old)]:
        one, other = old.get(place), new.get(place)
        if one is None and other is not None:
            found.append(Difference(other["name"], "", f"新增{other['word']}"))
        elif other is None and one is not None:
            found.append(Difference(one["name"], f"删去{one['word']}", ""))
        elif one is not None and other is not None:
            found += [
                Difference(f"{other['name']}　{_FIELD_WORDS[name]}", _shown(name, a), _shown(name, b))
                for name in _FIELD_WORDS
                if (a := one["values"].get(name)) != (b := other["values"].get(name)) and (a or b)
            ]
    if (a := str(before.get("notes", ""))) != (b := str(after.get("notes", ""))):
        found.append(Difference("填表说明", a[:200], b[:200]))
    return found


def _taken_apart(definition: Mapping[str, Any]) -> dict[tuple[str, ...], dict[str, Any]]:
    parts: dict[tuple[str, ...], dict[str, Any]] = {}
    for section in definition.get("sections", []):
        title = section.get("title", "")
        parts[("s", str(section.get("key")))] = {"word": "一节", "name": f"“{title}”", "values": section}
        for name, word in (("fields", "一列"), ("rows", "一行")):
            for part in section.get(name, []):
                place = (name, str(section.get("key")), str(part.get("key")))
                parts[place] = {"word": word, "name": f"“{title}”“{part.get('label', '')}”", "values": part}
    for rule in definition.get("rules", []):
        name = f"校验规则“{str(rule.get('message', ''))[:30]}”"
        parts[("rule", str(rule.get("key")))] = {"word": "一条规则", "name": name, "values": rule}
    return parts


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "（无）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "type":
        return TYPES.get(str(value), str(value))
    if name == "meaning":
        return next((words for meaning, words in MEANINGS.items() if meaning == value), str(value))
    if name == "choices":
        return "、".join(str(choice.get("label", "")) for choice in value)
    if name == "kind":
        return {"fixed": "固定行", "repeated": "可增行"}.get(str(value), str(value))
    if name == "severity":
        return {"hard": "必须满足", "soft": "不满足时说明"}.get(str(value), str(value))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
