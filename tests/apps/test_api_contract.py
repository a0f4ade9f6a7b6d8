"""The API against its own document: every operation, called with values that fit and values that do not.

No call may end in a server error, every answer must fit the schema that the document gives for its status, and every
refusal must be a problem document in Chinese.
"""

from __future__ import annotations

import json
import re
import sys
from urllib.parse import quote, urlencode

import pytest
from django.apps import apps as django_apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ninja import Schema

from luoshi.apps.accounts.actions import issue_token
from luoshi.apps.assessment.models import Adoption, Objection, Run, Scheme
from luoshi.apps.bulletins.actions import draw_bulletin
from luoshi.apps.bulletins.models import Bulletin
from luoshi.apps.dispatch.models import Decision, EarlyWarning, Meeting, Problem
from luoshi.apps.indicators.models import TargetIndicator
from luoshi.apps.intake.models import Draft, Upload
from luoshi.apps.investment.models import Funds, Lead
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.queries import forget_directory
from luoshi.apps.plans import actions
from luoshi.apps.plans.models import Deadline, Measure, Plan, Responsibility, RewardRule, SourceDocument, Target
from luoshi.apps.projects.models import Project
from luoshi.apps.reporting.models import Return
from luoshi.apps.supervision.models import Clock, Duty, DutyEntry, Order, Proposal
from luoshi.periods import Period
from luoshi.site.api_urls import api
from tests.apps.indicators.factories import make_indicator
from tests.apps.intake.factories import make_draft
from tests.apps.openapi import Document, anything
from tests.apps.plans.making import make_document, make_prefecture, make_user, sample
from tests.apps.reporting.making import make_return
from tests.apps.targets.test_actions import observe
from tests.lasting import lasting
from tests.site.world import World
from tests.site.world_dispatch import build_dispatch
from tests.site.world_investment import build_investment
from tests.site.world_projects import build_projects
from tests.site.world_runs import build_runs
from tests.site.world_schemes import build_schemes
from tests.site.world_supervision import build_supervision

pytestmark = pytest.mark.django_db

DOCUMENT = Document(json.loads(json.dumps(api.get_openapi_schema())))
OPERATIONS = sorted((method, path) for method, path, _ in DOCUMENT.operations())
EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)

#: For each number in an address the rows that it may mean.
_MODELS = {
    "plan_id": Plan,
    "measure_id": Measure,
    "target_id": Target,
    "responsibility_id": Responsibility,
    "deadline_id": Deadline,
    "unit_id": Unit,
    "document_id": SourceDocument,
    "upload_id": Upload,
    "draft_id": Draft,
    "return_id": Return,
    "warning_id": EarlyWarning,
    "problem_id": Problem,
    "meeting_id": Meeting,
    "decision_id": Decision,
    "bulletin_id": Bulletin,
    "order_id": Order,
    "proposal_id": Proposal,
    "clock_id": Clock,
    "rule_id": RewardRule,
    "duty_id": Duty,
    "entry_id": DutyEntry,
    "lead_id": Lead,
    "project_id": Project,
    "funds_id": Funds,
    "scheme_id": Scheme,
    "adoption_id": Adoption,
    "run_id": Run,
    "objection_id": Objection,
}

_KEYS = {"item": "1", "indicator_key": "shiti", "key": "yuebao", "unit_key": "north"}


@pytest.fixture(scope="module")
def authorization(django_db_setup, django_db_blocker, tmp_path_factory):
    """The header of a coordinator in a prefecture in which there is something of everything, built once."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")), lasting(django_db_blocker):
        forget_directory()
        yield f"Bearer {_built()}"


@pytest.fixture
def caller(authorization, db):
    """A client of the coordinator; what a test does is undone."""
    client = Client(raise_request_exception=False)
    client.defaults["HTTP_AUTHORIZATION"] = authorization
    return client


def _built():
    """The coordinator's token, in a prefecture with a plan of two versions and a draft that waits."""
    units = make_prefecture()
    office = make_user("office", (Role.COORDINATOR, units.state))
    plan = actions.publish(acting_user=office, publication=sample(units, make_document("第一版.txt"))).plan
    second = sample(units, make_document("第二版.txt"), targets=(), tables=())
    actions.publish(acting_user=office, publication=second, plan=plan)
    make_draft(office, units.state)
    make_return(units.state, units.north, office)
    indicator = make_indicator(units.state, "市场主体总量", key="shiti")
    other = actions.publish(acting_user=office, publication=sample(units, make_document("另一件.txt"))).plan
    target = Target.objects.filter(plan=other).order_by("pk").first()
    TargetIndicator.objects.create(target=target, indicator=indicator)
    observe(indicator, units.state, "2026-01", "100")
    common = {"plan": other, "version": other.versions.get(), "text": "奖励15万元", "line": 1, "spans": [[1, 0, 6]]}
    RewardRule.objects.create(**common, word="奖励", amount=150000, unit_of_measure="元")
    people = {
        "coordinator": office,
        "leader": make_user("leader", (Role.LEADER, units.state)),
        "reporter": make_user("reporter", (Role.REPORTER, units.north)),
    }
    known = {"plan": other.pk, "plan_target": target.pk}
    places = {"root": units.state, "county": units.north, "other": units.trade, "department": units.farm}
    world = World(users=people, units=places, ids=known)
    for build in (build_dispatch, build_supervision, build_schemes, build_investment, build_projects, build_runs):
        build(world)
    january = Period.parse("2026-01")
    draw_bulletin(acting_user=office, kind="progress", owner=units.state, plans=[other], period=january, title="通报")
    return issue_token(acting_user=office, user=office, name="试验")


def _operation(method, path):
    return DOCUMENT.document["paths"][path][method]


def _number(draw, name, fits):
    """A number for an address: of a row that is there, where that is asked for."""
    if fits and name == "run_id":
        # Correcting makes another run: what may be drawn must not change between calls.
        return str(draw(st.sampled_from(sorted(Run.objects.filter(corrects=None).values_list("pk", flat=True)))))
    if fits and name in _MODELS:
        return str(draw(st.sampled_from(sorted(_MODELS[name].objects.values_list("pk", flat=True)))))
    if fits and name in _KEYS:
        return _KEYS[name]
    if fits and name == "item_id":
        return str(Draft.objects.get().items.order_by("pk")[draw(st.integers(0, 5))].pk)
    if fits:
        return str(draw(st.integers(1, 2)))
    return draw(st.one_of(st.integers(0, 10**40).map(str), st.sampled_from(["-1", "x", "1.5", "%00", "１"])))


def _words(value):
    return value if isinstance(value, str) else json.dumps(value)


def call(client, method, path, data, *, fits):
    """One call with drawn values: (status, response)."""
    operation = _operation(method, path)
    address, query, headers = path, {}, {}
    for parameter in operation.get("parameters", ()):
        name, shape = parameter["name"], parameter["schema"]
        if parameter["in"] == "path":
            address = address.replace(f"{{{name}}}", quote(_number(data.draw, name, fits)))
        elif data.draw(st.booleans()):
            value = data.draw(DOCUMENT.valid(shape) if fits else st.one_of(DOCUMENT.valid(shape), anything()))
            if value is not None and parameter["in"] == "header":
                # What no header can carry never arrives.
                headers[name] = re.sub(r"[^\x20-\x7e]", "", _words(value))
            elif value is not None:
                query[name] = _words(value)
    if query:
        address += f"?{urlencode(query)}"
    if method == "get":
        return client.get(address, headers=headers)
    if "requestBody" not in operation:
        return client.generic(method.upper(), address, headers=headers)
    content = operation["requestBody"]["content"]
    if "multipart/form-data" in content:
        text = data.draw(st.text(max_size=60))
        owner = Unit.objects.get(key="yunling").pk if fits else _words(data.draw(anything()))
        return client.post(address, {"file": SimpleUploadedFile("方案.txt", text.encode()), "owner": owner})
    shape = content["application/json"]["schema"]
    body = data.draw(DOCUMENT.valid(shape) if fits else st.one_of(anything(), DOCUMENT.valid(shape)))
    sent = json.dumps(body)
    if not fits and data.draw(st.booleans()):
        sent = sent[: len(sent) // 2]
    return client.generic(method.upper(), address, sent, "application/json", headers=headers)


def check(method, path, response):
    """The answer is one that the document describes."""
    status = response.status_code
    assert status < 500, (status, response.content)
    described = _operation(method, path)["responses"]
    assert str(status) in described, f"{method} {path} answered {status}: {response.content!r}"
    content = described[str(status)].get("content", {})
    kind = response["Content-Type"].partition(";")[0]
    assert kind in content, kind
    if kind == "application/octet-stream":
        assert response.streaming
        return
    value = response.json()
    faults = DOCUMENT.faults(content[kind]["schema"], value)
    assert not faults, faults
    if status >= 400:
        assert kind == "application/problem+json"
        assert not value["detail"].isascii()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_values_that_fit(caller, method, path):
    seen = set()

    @EXAMPLES
    @given(st.data())
    def calls(data):
        response = call(caller, method, path, data, fits=True)
        check(method, path, response)
        seen.add(response.status_code)

    calls()
    if method == "get":
        assert 200 in seen, f"no call succeeded: {seen}"


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_values_that_do_not_fit(caller, method, path):
    @EXAMPLES
    @given(st.data())
    def calls(data):
        check(method, path, call(caller, method, path, data, fits=False))

    calls()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nobody_calls_without_signing_in(db, method, path):
    address = path.replace("{", "").replace("}", "")
    for name in (*_MODELS, "item_id", "finding_id", "ordinal"):
        address = address.replace(f"/{name}", "/1")
    response = getattr(Client(), method)(address)
    assert response.status_code == 401, address
    check(method, path, response)


@pytest.mark.parametrize(("method", "path"), [row for row in OPERATIONS if "{" in row[1] and row[0] == "get"])
def test_what_others_may_not_see_is_not_found(caller, method, path):
    stranger = make_user("stranger", (Role.LEADER, Unit.objects.add_root({"key": "elsewhere", "name": "外州"})))
    client = Client()
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {issue_token(acting_user=stranger, user=stranger, name='试验')}"
    address = path
    for name, model in _MODELS.items():
        address = address.replace(f"{{{name}}}", str(model.objects.order_by("pk").values_list("pk", flat=True)[0]))
    for name, key in _KEYS.items():
        address = address.replace(f"{{{name}}}", key)
    response = client.get(address.replace("{ordinal}", "1"))
    # The register of units, the catalogue of indicators and what ships are open to all who sign in; figures are not.
    is_open = path.endswith(("{unit_id}", "/indicators/{indicator_key}", "/clocks/{clock_id}"))
    assert response.status_code == (200 if is_open else 404)
    if "/boards/" in path and is_open:
        assert response.json()["rows"] == []
    check(method, path, response)


def test_no_two_schemas_have_one_name():
    """Ninja would silently describe both by the one that it met last."""
    known = {}
    for app in django_apps.get_app_configs():
        for name, module in list(sys.modules.items()):
            if name.startswith(f"{app.name}.api"):
                for found in vars(module).values():
                    if isinstance(found, type) and issubclass(found, Schema) and found.__module__ == name:
                        known.setdefault(found.__name__, set()).add(name)
    assert {name: places for name, places in known.items() if len(places) > 1} == {}
    assert len(known) > 50


def test_the_checker_finds_faults():
    schema = {"$ref": "#/components/schemas/UnitRef"}
    right = {"id": 1, "key": "a", "name": "甲", "short_name": "甲"}
    assert DOCUMENT.faults(schema, right) == []
    for wrong in ({}, right | {"id": "1"}, right | {"id": True}, right | {"name": None}, right | {"more": 1}, [], None):
        assert DOCUMENT.faults(schema, wrong)
    assert DOCUMENT.faults({"type": "string", "format": "date"}, "2026-02-30")
    assert DOCUMENT.faults({"type": "array", "items": {"type": "integer"}}, [1, "2"])
    assert DOCUMENT.faults({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 3}]}, 2)
