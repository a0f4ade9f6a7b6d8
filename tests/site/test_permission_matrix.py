"""Who may ask what of every address: a flat table of (method, address) × person, with the status that must come back.

``permissions.txt`` holds one row for each method of each address, the API's operations included; an address that is
missing from it fails the test, and so does a row whose address is gone. Statuses are written as letters (``CODES``).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from luoshi.apps.organisations.queries import forget_directory
from luoshi.site.api_urls import api
from tests.lasting import lasting
from tests.site import world as worlds

#: One letter a status, so that a row of ten people fits on a line.
CODES = {
    200: "O",  # shown, or done
    201: "O",
    202: "O",
    204: "O",
    301: "R",
    302: "R",  # done, and sent on to the next page
    303: "R",
    400: "B",  # may, but the (empty) input is refused
    409: "B",
    415: "B",
    422: "B",
    401: "A",  # must sign in (API)
    403: "F",  # may not
    404: "N",  # must not even know that it exists, or there is no such thing
    405: "M",  # no such method
}
SIGN_IN = "L"  # sent to the sign-in page

PEOPLE = ("visitor", *worlds.PEOPLE)
TABLE = Path(__file__).with_name("permissions.txt")

#: What stands for each variable part of an address.
VALUES = {
    "plan_id": "plan",
    "measure_id": "plan_measure",
    "target_id": "plan_target",
    "deadline_id": "plan_deadline",
    "responsibility_id": "plan_responsibility",
    "table_id": "plan_table",
    "unit_id": "unit",
    "document_id": "document",
    "upload_id": "upload",
    "draft_id": "draft",
    "membership": "membership",
    "token": "token",
    "ordinal": 1,
    "number": 1,
    "name": "unit_name",
    "uidb36": "x",
    "indicator_id": "indicator",
    "indicator_key": "indicator_key",
    "observation_id": "observation",
    "mapping_id": "mapping",
    "import_id": "import",
    "allocation_id": "allocation",
    "version_id": "allocation_version",
    "letter_id": "letter",
    "job_id": "letter_job",
    "form_id": "form",
    "form_key": "form_key",
    "round_id": "round",
    "period": "period",
    "answer_id": "answer",
    "return_id": "answer",
    "submission_id": "submission",
    "exemption_id": "exemption",
    "webhook_id": "webhook",
    "notice_id": "notice",
    "step_id": "bulletin_step",
    "template_id": "bulletin_template",
    "kind": "progress",
    "which": "task-list-monthly",
    "series_id": "series",
    "display_id": "display",
    "activity_id": "activity",
    "funds_id": "funds",
    "chain_id": "chain",
    "enterprise_id": "enterprise",
    "ladder_id": "ladder",
    "clock_id": "clock",
    "proposal_id": "proposal",
    "duty_id": "duty",
    "holder_id": "holder",
    "entry_id": "entry",
    "unit_key": "unit_key",
    "objection_id": "run_objection",
    "adoption_id": "adoption",
    "project_id": "project",
    "twin_id": "project_twin",
    "file_id": "project_file",
    "hold_id": "project_hold",
    "list_id": "project_list",
    "item": "2",
}
#: Parts that mean another thing in each part of the site.
BY_PREFIX = {
    "lead_id": {"investment/claims/": "lead_signed", "": "lead"},
    "paper_id": {"investment/activities/": "activity_paper", "": "lead_paper"},
    "pk": {"people/": "person", "units/register/": "unit", "profile/tokens/": "token", "account/": 1},
    "key": {
        "forms/": "form_key",
        "api/v1/forms/": "form_key",
        "indicators/": "indicator_key",
        "api/v1/indicators/": "indicator_key",
        "account/": "x",
        "schemes/shipped/": "zhaoshang-2023-county-year",
    },
    "scheme_id": {
        **{
            f"{head}schemes/<int:scheme_id>/{act}": name
            for head in ("", "api/v1/")
            for act, name in (("restore", "scheme_stopped"), ("stop", "scheme_spare"))
        },
        "schemes/<int:scheme_id>/draft": "scheme_spare",
        "": "scheme",
    },
    "rule_id": {"plans/": "plan_reward", "api/v1/plans/": "plan_reward", "": "rule"},
    "evidence_id": {"orders/": "order_evidence", "assessment/": "run_evidence", "": "evidence"},
    "run_id": {
        **{
            f"{head}/<int:run_id>/{act}": name
            for head in ("assessment", "api/v1/assessments")
            for act, name in (
                ("facts", "run_draft"),
                ("draw", "run_draft"),
                ("preview", "run_draft"),
                ("bulletin", "run_final"),
            )
        },
        "": "run_shown",
    },
    "interview_id": {"interviews/<int:interview_id>/close": "interview_held", "": "interview"},
    "order_id": {
        f"{start}orders/<int:order_id>{act}": name
        for act, name in (
            ("/edit", "order_draft"),
            ("/assign", "order_draft"),
            ("/accept", "order_assigned"),
            ("/pass", "order_answered"),
            ("/close", "order_answered"),
            ("/send-back", "order_answered"),
            ("/reopen", "order_closed"),
            ("/extension/decide", "order_extension"),
            ("", "order"),
        )
        for start in ("", "api/v1/")
    },
    # What waits for a reviewer is another return than what is being filled in.
    "return_id": {
        "api/v1/returns/<int:return_id>/pass": "waiting",
        "api/v1/returns/<int:return_id>/send-back": "waiting",
        "api/v1/returns/": "answer",
    },
    "answer_id": {"reviews/": "waiting", "returns/<int:answer_id>/history/": "waiting", "": "answer"},
    # A matter is in the state in which the act can be done.
    "warning_id": {
        "warnings/<int:warning_id>/send-back": "warning_answered",
        "api/v1/warnings/<int:warning_id>/send-back": "warning_answered",
        "": "warning",
    },
    "problem_id": {
        "problems/<int:problem_id>/reopen": "problem_settled",
        "api/v1/problems/<int:problem_id>/reopen": "problem_settled",
        "": "problem",
    },
    "meeting_id": {
        "meetings/<int:meeting_id>/hold": "meeting_ready",
        "meetings/<int:meeting_id>/reopen": "meeting_ready",
        "api/v1/meetings/<int:meeting_id>/reopen": "meeting_ready",
        "meetings/<int:meeting_id>/pack": "meeting_closed",
        "meetings/<int:meeting_id>/attendance": "meeting_held",
        "meetings/<int:meeting_id>/decisions": "meeting_held",
        "meetings/<int:meeting_id>/minutes": "meeting_held",
        "meetings/<int:meeting_id>/close": "meeting_held",
        "": "meeting_planned",
    },
    "decision_id": {
        "meetings/": "decision_draft",
        "decisions/<int:decision_id>/send-back": "decision_reported",
        "decisions/<int:decision_id>/close": "decision_reported",
        "api/v1/decisions/<int:decision_id>/send-back": "decision_reported",
        "api/v1/decisions/<int:decision_id>/close": "decision_reported",
        "": "decision",
    },
    "bulletin_id": {
        "public/": "bulletin_public",
        **{
            f"{head}bulletins/<int:bulletin_id>/{act}": state
            for head in ("", "api/v1/")
            for act, state in (
                ("sign", "bulletin_checked"),
                ("send-back", "bulletin_checked"),
                ("issue", "bulletin_signed"),
                ("publish", "bulletin_issued"),
            )
        },
        "": "bulletin",
    },
    "item_id": {"meetings/": "agenda_item", "": "item"},
    "finding_id": {"plans/": "plan_finding", "drafts/": "finding", "api/v1/drafts/": "finding"},
}


def addresses() -> Iterator[tuple[str, str]]:
    """(route, path template) of every address of the site; the API's own come from its OpenAPI document."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from walk(pattern, route)

    for route in walk(get_resolver(), ""):
        # allauth's addresses with regular expressions are pages that this site closes; their plain form is asked for.
        plain = route.replace("^", "").replace("$", "")
        if "(?" not in plain:
            yield route, plain


def filled(template: str, ids: dict[str, object]) -> str:
    """A path with the parts filled in from the small prefecture."""
    path = ""
    for part in template.replace("<", "\0<").replace(">", ">\0").split("\0"):
        if part.startswith("<"):
            name = part.strip("<>").rpartition(":")[2]
            if name in BY_PREFIX:
                value = next(v for prefix, v in BY_PREFIX[name].items() if template.startswith(prefix))
            elif name in VALUES:
                value = VALUES[name]
            else:
                raise KeyError(f"what stands for <{name}> in {template}?")
            path += str(ids.get(value, value)) if isinstance(value, str) else str(value)
        else:
            path += part
    return "/" + path


@cache
def rows() -> dict[tuple[str, str], str]:
    """(method, route) → letters."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            letters, method, route = (*line.split(maxsplit=2), "")[:3]
            assert (method, route) not in found, f"twice in the table: {line}"
            found[method, route] = letters
    return found


#: A day within the time for which somebody may promise something.
_SOON = dt.date.today() + dt.timedelta(days=30)  # noqa: DTZ011 - far enough from midnight

_TODAY = dt.date.today()  # noqa: DTZ011 - at most a day behind the site's own

#: What an act needs in order to come as far as the question of permission.
BODIES: dict[str, str | dict[str, object]] = {
    "projects/new": "name=青石县乙厂&unit=qingshi&total=100&sort=industry",
    "projects/import/<int:list_id>": "act=take&row=2&revision=0&year=2026",
    "projects/race": "quarter=3&held_at=2090-01-01T09:00&owner=zhou",
    "projects/<int:project_id>/edit": "name=青石县组件厂&unit=qingshi&total=100&sort=industry",
    "projects/<int:project_id>/move": "to=left&reason=业主撤资",
    "projects/<int:project_id>/milestones": "idea-actual=2026-01-01",
    "projects/<int:project_id>/progress": "period=2026-03&month_amount=5",
    "projects/<int:project_id>/years": "year=2026&investment=5",
    "projects/<int:project_id>/funds": "bank-amount=5",
    "projects/<int:project_id>/problems": "kind=land&text=缺地&due_on=2090-01-01",
    "projects/<int:project_id>/ladder": "act=apply",
    "api/v1/projects": {"name": "青石县丙厂", "unit": "qingshi", "total": "1000"},
    "api/v1/projects/import": {"owner": "qingshi", "rows": [{"name": "青石县丁厂", "unit": "青石县", "total": "5"}]},
    "api/v1/projects/<int:project_id>/move": {"to": "left", "reason": "业主撤资"},
    "api/v1/projects/<int:project_id>/milestones": {"rows": [{"kind": "idea", "actual_on": "2026-01-01"}]},
    "api/v1/projects/<int:project_id>/progress": {"period": "2026-03", "month": "5"},
    "api/v1/projects/<int:project_id>/problems": {"kind": "land", "text": "缺地", "due_on": "2090-01-01"},
    "assessment/<int:run_id>/facts/enter": "unit=qingshi&item=1&value=3",
    "assessment/<int:run_id>/facts/drop": "unit=qingshi&item=1",
    "assessment/<int:run_id>/objections": "unit=qingshi&item=1&text=少计了",
    "assessment/<int:run_id>/facts/rows": "text=青石县,1,3&reason=统计",
    "assessment/<int:run_id>/extend": "until=2090-01-03&reason=在外",
    "assessment/<int:run_id>/correct": "reason=更正",
    "assessment/<int:run_id>/finalise": "reason=无异议",
    "assessment/<int:run_id>/withdraw": "reason=重来",
    "assessment/objections/<int:objection_id>/answer": "outcome=reject&answer=不实",
    "assessment/evidence/<int:evidence_id>/check": "outcome=accept",
    "api/v1/assessments/<int:run_id>/facts": {
        "facts": [{"unit": "qingshi", "item": "1", "value": "3"}],
        "reason": "统计",
    },
    "api/v1/assessments/<int:run_id>/draw": {},
    "api/v1/assessments/<int:run_id>/preview": {},
    "api/v1/assessments/<int:run_id>/extend": {"until": "2026-01-03", "reason": "在外"},
    "api/v1/assessments/<int:run_id>/correct": {"reason": "更正"},
    "api/v1/assessments/<int:run_id>/finalise": {"reason": "无异议"},
    "api/v1/assessments/<int:run_id>/withdraw": {"reason": "重来"},
    "api/v1/assessments/<int:run_id>/objections": {"unit": "qingshi", "text": "少计了"},
    "api/v1/assessments/objections/<int:objection_id>/answer": {"uphold": False, "answer": "不实"},
    "investment/leads/<int:lead_id>/move": f"to=signed&on={_TODAY}&override=待补",
    "investment/leads/<int:lead_id>/visits": f"on={_TODAY}&text=见面",
    "investment/claims/<int:lead_id>/decide": "scope=group&reason=依据",
    "investment/activities/<int:activity_id>/withdraw": "reason=改期",
    "investment/funds/<int:funds_id>/check": "accept=yes",
    "api/v1/investment/leads/<int:lead_id>/move": {"to": "signed", "on": str(_TODAY), "override": "待补"},
    "api/v1/investment/leads/<int:lead_id>/visits": {"on": str(_TODAY), "text": "见面"},
    "api/v1/investment/leads/<int:lead_id>/claims": {"unit": "qingshi"},
    "api/v1/investment/funds/<int:funds_id>/check": {"accept": True},
    "orders/<int:order_id>/report": "text=进展",
    "orders/<int:order_id>/answer": "text=办结",
    "orders/<int:order_id>/send-back": "text=再核",
    "orders/<int:order_id>/reopen": f"text=反弹&until={_SOON}",
    "orders/<int:order_id>/extension": "text=雨季&until=2090-01-03",
    "orders/<int:order_id>/extension/decide": "text=不准&grant=no",
    "orders/<int:order_id>/withdraw": "text=合并",
    "escalations/<int:proposal_id>/dismiss": "reason=不必",
    "interviews/<int:interview_id>/record": "text=谈话",
    "interviews/<int:interview_id>/close": "text=到位",
    "interviews/<int:interview_id>/cancel": "text=改期",
    "ladders/office/<int:unit_id>": "triggers=order-overdue&since=2026-01-01&revision=none",
    "plans/<int:plan_id>/ladder": "triggers=order-overdue&since=2026-01-01&revision=0",
    "duties/entries/<int:entry_id>/withdraw": "reason=重复",
    "api/v1/orders/<int:order_id>/assign": {},
    "api/v1/orders/<int:order_id>/accept": {},
    "api/v1/orders/<int:order_id>/report": {"text": "进展"},
    "api/v1/orders/<int:order_id>/answer": {"text": "办结"},
    "api/v1/orders/<int:order_id>/pass": {},
    "api/v1/orders/<int:order_id>/close": {},
    "api/v1/orders/<int:order_id>/send-back": {"reason": "再核"},
    "api/v1/orders/<int:order_id>/reopen": {"reason": "反弹", "until": _SOON.isoformat()},
    "api/v1/orders/<int:order_id>/chase": {},
    "api/v1/orders/<int:order_id>/withdraw": {"reason": "合并"},
    "api/v1/orders/<int:order_id>/extension": {"reason": "雨季", "until": "2090-01-03"},
    "api/v1/orders/<int:order_id>/extension/decide": {"grant": False, "remark": "不准"},
    "api/v1/orders/<int:order_id>/below": {"units": ["qita"], "title": "分", "text": "办", "due_on": "2026-12-31"},
    "api/v1/escalations/<int:proposal_id>/take": {},
    "api/v1/escalations/<int:proposal_id>/dismiss": {"reason": "不必"},
    "api/v1/duties/entries/<int:entry_id>/withdraw": {"reason": "重复"},
    "targets/<int:target_id>/allocation/cells": {"revision": 0, "changes": []},
    "api/v1/targets/<int:target_id>/allocation": {"revision": 0},
    "api/v1/plans/<int:plan_id>/lights": {"revision": 0, "green": "0.95", "yellow": "0.8", "reason": "常务会议定"},
    "returns/<int:answer_id>/submit": {"revision": 0},
    "returns/<int:answer_id>/reopen": "reason=更正",
    "reviews/<int:answer_id>/send-back": {"reason": "与台账不符"},
    "forms/<slug:key>/design": {"revision": 0, "changes": {"due_day": 6}},
    "forms/<slug:key>/publish": "first_period=2030-01&reason=改为5日",
    "forms/<slug:key>/copy": "title=另一张月报",
    "forms/<slug:key>/retire": "reason=合并",
    "forms/<slug:key>/rounds/<str:period>/exempt": "unit=0&reason=停业",
    "forms/<slug:key>/rounds/<str:period>/freeze": "early=yes",
    "forms/<slug:key>/rounds/<str:period>/unfreeze": "reason=错封",
    "api/v1/forms/<key>/draft": {"revision": 0, "changes": {"due_day": 6}},
    "api/v1/forms/<key>/publish": {"first_period": "2030-01", "reason": "改为5日"},
    "warnings/<int:warning_id>/answer": f"text=补报登记&until={_SOON}",
    "warnings/<int:warning_id>/send-back": "reason=不具体",
    "warnings/<int:warning_id>/push": "text=已约谈",
    "warnings/<int:warning_id>/waive": "reason=数据有误",
    "problems/<int:problem_id>/edit": "text=缺两人",
    "problems/<int:problem_id>/settle": "outcome=已增派",
    "problems/<int:problem_id>/drop": "reason=自己解决",
    "problems/<int:problem_id>/reopen": "reason=仍缺",
    "meetings/<int:meeting_id>/agenda/new": "title=再议一项",
    "meetings/<int:meeting_id>/agenda/<int:item_id>/text": {"text": "情况", "seen": ""},
    "meetings/<int:meeting_id>/agenda/<int:item_id>/remove": "reason=不议",
    "meetings/<int:meeting_id>/agenda/<int:item_id>/move": "to=2",
    "meetings/<int:meeting_id>/reopen": "reason=漏项",
    "meetings/<int:meeting_id>/minutes": {"text": "纪要"},
    "meetings/<int:meeting_id>/close": "minutes=纪要",
    "meetings/<int:meeting_id>/cancel": "reason=改期",
    "meetings/<int:meeting_id>/decisions": "text=补齐",
    "decisions/<int:decision_id>/report": "text=已办",
    "decisions/<int:decision_id>/send-back": "reason=不全",
    "decisions/<int:decision_id>/move": "due_on=2099-01-01&reason=系统升级",
    "decisions/<int:decision_id>/drop": "reason=不办了",
    "api/v1/warnings/<int:warning_id>/answer": {"text": "补报登记", "until": str(_SOON)},
    "api/v1/warnings/<int:warning_id>/send-back": {"reason": "不具体"},
    "api/v1/warnings/<int:warning_id>/push": {"text": "已约谈"},
    "api/v1/warnings/<int:warning_id>/waive": {"reason": "数据有误"},
    "api/v1/problems/<int:problem_id>/settle": {"outcome": "已增派"},
    "api/v1/problems/<int:problem_id>/drop": {"reason": "自己解决"},
    "api/v1/problems/<int:problem_id>/reopen": {"reason": "仍缺"},
    "api/v1/meetings/<int:meeting_id>/reopen": {"reason": "漏项"},
    "api/v1/meetings/<int:meeting_id>/cancel": {"reason": "改期"},
    "api/v1/decisions/<int:decision_id>/report": {"text": "已办"},
    "api/v1/decisions/<int:decision_id>/finish": {"text": "办完"},
    "api/v1/decisions/<int:decision_id>/send-back": {"reason": "不全"},
    "api/v1/decisions/<int:decision_id>/close": {},
    "api/v1/decisions/<int:decision_id>/move": {"due_on": "2099-01-01", "reason": "系统升级"},
    "api/v1/decisions/<int:decision_id>/drop": {"reason": "不办了"},
    "schemes/<int:scheme_id>/edit": "revision=0",
    "schemes/<int:scheme_id>/issue": "revision=0&reason=调整",
    "schemes/<int:scheme_id>/drop": "revision=0",
    "schemes/<int:scheme_id>/stop": "reason=不用了",
    "adoptions/<int:adoption_id>/end": "revision=1&reason=结束",
    "adoptions/<int:adoption_id>/sources": "revision=1&item=2&kind=hand",
    "api/v1/schemes/<int:scheme_id>/draft": {"text": "key: x"},
    "api/v1/schemes/<int:scheme_id>/issue": {"reason": "调整"},
    "api/v1/adoptions/<int:adoption_id>/sources/<item>": {"kind": "hand"},
    "api/v1/adoptions/<int:adoption_id>/end": {"reason": "结束"},
    "bulletins/<int:bulletin_id>/redraw": "revision=0",
    "bulletins/<int:bulletin_id>/check": "revision=0",
    "bulletins/<int:bulletin_id>/send-back": "revision=1&reason=不妥",
    "bulletins/<int:bulletin_id>/sign": "revision=1&signatory=高远&number=99号&dated=2026-03-01",
    "bulletins/<int:bulletin_id>/issue": "revision=2",
    "bulletins/<int:bulletin_id>/publish": "revision=3&public=yes",
    "bulletins/<int:bulletin_id>/withdraw": "revision=0&reason=作废",
    "api/v1/bulletins/<int:bulletin_id>/redraw": {},
    "api/v1/bulletins/<int:bulletin_id>/check": {},
    "api/v1/bulletins/<int:bulletin_id>/send-back": {"reason": "不妥"},
    "api/v1/bulletins/<int:bulletin_id>/sign": {"signatory": "高远", "number": "99号", "dated": "2026-03-01"},
    "api/v1/bulletins/<int:bulletin_id>/issue": {},
    "api/v1/bulletins/<int:bulletin_id>/publish": {"public": True},
    "api/v1/bulletins/<int:bulletin_id>/withdraw": {"reason": "作废"},
    "plans/<int:plan_id>/instructions": "text=抓紧办理",
    "measures/<int:measure_id>/instructions": "text=抓紧办理",
    "plans/<int:plan_id>/public": "public=1",
    "drafts/<int:draft_id>/checks/<int:finding_id>": "decision=dismissed&note=不是问题&revision=0",
    "plans/<int:plan_id>/checks/<int:finding_id>": "decision=dismissed&note=不是问题&revision=0",
    "drafts/<int:draft_id>/items/<int:item_id>": {"decision": "accept", "revision": 0},
    "api/v1/drafts/<int:draft_id>/accept-sure": {"threshold": 0.9},
    "api/v1/drafts/<int:draft_id>/items/<int:item_id>/decision": {"decision": "accept", "revision": 0},
    "api/v1/drafts/<int:draft_id>/publish": {},
    "api/v1/returns/accept": {"returns": [{"id": 1, "ordinal": 1}]},
    "api/v1/returns/<int:return_id>/cells": {},
    "api/v1/returns/<int:return_id>/submissions": {"reasons": {"s.r.n": "新设园区"}},
    "api/v1/returns/<int:return_id>/pass": {},
    "api/v1/returns/<int:return_id>/send-back": {"reason": "请核对"},
    "api/v1/returns/<int:return_id>/reopen": {"reason": "补报"},
    "api/v1/drafts/<int:draft_id>/findings/<int:finding_id>/decision": {
        "decision": "dismissed",
        "note": "不是问题",
        "revision": 0,
    },
}


def wanted() -> set[tuple[str, str]]:
    """Every (method, route) that must stand in the table: GET and POST of all, and what else the API offers."""
    offered: dict[str, set[str]] = {}
    for path, operations in api.get_openapi_schema()["paths"].items():
        route = path.removeprefix("/")
        offered[re.sub(r"{(\w+)}", r"\1", route)] = {method.upper() for method in operations}
    return {
        (method, route)
        for route, _ in addresses()
        for method in {"GET", "POST"} | offered.get(re.sub(r"<(?:\w+:)?(\w+)>", r"\1", route), set())
    }


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[worlds.World]:
    """The small prefecture, built once."""
    forget_directory()
    with lasting(django_db_blocker):
        yield worlds.build()
    forget_directory()


@pytest.fixture
def prefecture(world: worlds.World, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[worlds.World]:
    """The small prefecture; what a test does to it is undone."""
    # Who may fetch a PDF is asked here, not whether this machine can make one.
    for views in ("dispatch.views.meetings", "bulletins.views.files"):
        monkeypatch.setattr(f"luoshi.apps.{views}.to_pdf", lambda document: b"%PDF-1.7")
    forget_directory()
    yield world
    forget_directory()


def letter(response) -> str:  # type: ignore[no-untyped-def]
    """The code letter of an answer."""
    if response.status_code in (301, 302, 303) and response.headers["Location"].startswith("/account/login/"):
        return SIGN_IN
    return CODES.get(response.status_code, str(response.status_code))


def signed_in(world: worlds.World, person: str) -> Client:
    """A browser in which the person has signed in (the visitor has not)."""
    client = Client(raise_request_exception=False)
    if person != "visitor":
        client.force_login(world.users[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(client: Client, method: str, path: str, body: str | dict[str, object] = "") -> str:
    """The letter of the answer; whatever the request does is undone."""
    form = isinstance(body, str)
    content = ("application/x-www-form-urlencoded", body) if form else ("application/json", json.dumps(body))
    cookies = client.cookies.copy()
    with transaction.atomic():
        result = letter(client.generic(method, path, data=content[1], content_type=content[0]))
        transaction.set_rollback(True)
    client.cookies = cookies  # signing out is undone, too
    return result


def test_every_address_stands_in_the_table() -> None:
    assert sorted(wanted() - set(rows())) == [], "not in permissions.txt"
    assert sorted(set(rows()) - wanted()) == [], "in permissions.txt, but gone"


@pytest.mark.parametrize("route", sorted({route for _, route in rows()}))
def test_answers(prefecture: worlds.World, route: str) -> None:
    template = dict(addresses()).get(route)
    assert template is not None, f"{route} is gone"
    path = filled(template, prefecture.ids)
    wrong = []
    for person, client in ((person, signed_in(prefecture, person)) for person in PEOPLE):
        for method in sorted(method for method, other in rows() if other == route):
            expected = rows()[method, route]
            assert len(expected) == len(PEOPLE)
            must = expected[PEOPLE.index(person)]
            got = ask(client, method, path, BODIES.get(route, ""))
            if got != must:
                wrong.append(f"{method} {path} {person}: {got} instead of {must}")
    assert not wrong, "\n".join(wrong)
