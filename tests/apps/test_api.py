"""The HTTP API: who may call, what it gives, how it says no."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from luoshi.apps.accounts.actions import issue_token
from luoshi.apps.intake.actions import process_upload
from luoshi.apps.organisations.models import Role, UnitName
from luoshi.apps.plans import actions
from luoshi.apps.plans.models import Deadline, Measure, SourceDocument, Target
from tests.apps.plans.making import (
    duty,
    make_document,
    make_prefecture,
    make_user,
    measure,
    publication,
    sample,
    target,
)

pytestmark = pytest.mark.django_db

API = "/api/v1"


@pytest.fixture(autouse=True)
def _own_files(tmp_path, settings):
    """Each test keeps its files in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def units():
    return make_prefecture()


@pytest.fixture
def office(units):
    return make_user("office", (Role.COORDINATOR, units.state))


@pytest.fixture
def plan(units, office):
    return actions.publish(acting_user=office, publication=sample(units, make_document())).plan


class Program:
    """Calls the API with a token."""

    def __init__(self, user):
        self.headers = {"Authorization": f"Bearer {issue_token(acting_user=user, user=user, name='对接程序')}"}
        self.client = Client()

    def get(self, path, headers=None, **query):
        address = f"{API}{path}?{urlencode(query)}" if query else f"{API}{path}"
        return self.client.get(address, headers=self.headers | (headers or {}))

    def post(self, path, body=None, **files):
        if files:
            return self.client.post(f"{API}{path}", files, headers=self.headers)
        return self.client.post(f"{API}{path}", body, "application/json", headers=self.headers)


@pytest.fixture
def program(office):
    return Program(office)


def problem(response, status):
    """The problem document of a refusal."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["type"]) == (status, "about:blank")
    assert not body["detail"].isascii()
    return body


class TestSigningIn:
    """Tokens, sessions, and neither."""

    def test_a_visitor_is_refused_with_a_challenge(self, client, plan):
        response = client.get(f"{API}/plans")
        problem(response, 401)
        assert response["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("header", ["Bearer ls_wrong", "Bearer ", "Basic b2ZmaWNlOng=", "Bearer 落实"])
    def test_a_wrong_token_is_refused_even_beside_a_session(self, client, office, header):
        client.force_login(office)
        problem(client.get(f"{API}/me", headers={"Authorization": header}), 401)

    def test_a_token_acts_for_its_owner_until_it_is_revoked(self, program, office, units):
        assert program.get("/me").json() == {
            "id": office.pk,
            "username": "office",
            "name": "office",
            "roles": [
                {
                    "role": "coordinator",
                    "label": "统筹办",
                    "unit": {
                        "id": units.state.pk,
                        "key": "yunling",
                        "name": "云岭州人民政府",
                        "short_name": "云岭州",
                    },
                }
            ],
        }
        office.api_tokens.update(revoked_at=timezone.now())
        problem(program.get("/me"), 401)

    def test_a_session_reads_and_needs_the_csrf_token_to_write(self, office):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(office)
        assert browser.get(f"{API}/me").status_code == 200
        body = problem(browser.post(f"{API}/drafts/1/accept-sure", {}, "application/json"), 403)
        assert "X-CSRFToken" in body["detail"]
        secret = "a" * 32
        browser.cookies["csrftoken"] = secret
        headers = {"X-CSRFToken": secret}
        problem(browser.post(f"{API}/drafts/1/accept-sure", {}, "application/json", headers=headers), 404)


class TestReading:
    """What stands in the answers."""

    def test_a_plan_with_versions_and_counts(self, program, plan, units):
        listed = program.get("/plans").json()
        assert (listed["total"], listed["limit"], listed["offset"]) == (1, 100, 0)
        assert listed["items"][0]["owner"]["key"] == "yunling"
        found = program.get(f"/plans/{plan.pk}").json()
        assert {name: found[name] for name in listed["items"][0]} == listed["items"][0]
        assert found["counts"] == {
            "measures": 6,
            "tasks": 4,
            "targets": 4,
            "responsibilities": 5,
            "deadlines": 2,
            "tables": 1,
        }
        assert [(row["ordinal"], row["summary"]["added"]) for row in found["versions"]] == [(1, 18)]
        assert program.get(f"/plans/{plan.pk}/versions").json() == found["versions"]
        assert program.get(f"/plans/{plan.pk}/tables").json()["items"][0]["rows"][1] == ["南屏县", "800"]

    def test_every_object_says_where_it_stands(self, program, plan):
        document = SourceDocument.objects.get()
        found = program.get("/targets", q="家庭农场").json()["items"]
        assert len(found) == 1
        assert (found[0]["value"], found[0]["value_max"]) == ("1500", None)
        assert found[0]["provenance"] == {
            "document": document.pk,
            "version": 1,
            "line": 8,
            "spans": [[8, 0, 10]],
            "text": "新增家庭农场1500",
            "origin": "extracted",
            "rule": "target.test",
            "certainty": 0.9,
            "reason": "",
            "retired_in": None,
        }

    def test_a_measure_with_what_stands_under_it(self, program, plan):
        row = Measure.objects.get(label="一、（二）")
        found = program.get(f"/measures/{row.pk}").json()
        assert [target["indicator"] for target in found["targets"]] == ["新增家庭农场"]
        assert [duty["role"] for duty in found["responsibilities"]] == ["lead", "responsible"]
        assert [unit["short_name"] for unit in found["responsibilities"][1]["units"]] == ["北川县", "南屏县"]
        assert found["deadlines"] == []

    @pytest.mark.parametrize(
        ("value", "printed"),
        [
            ("0", "0"),
            ("1500", "1500"),
            ("0.50", "0.5"),
            ("120000000000", "120000000000"),
            ("12345678.000001", "12345678.000001"),
        ],
    )
    def test_values_are_exact_strings(self, program, plan, value, printed):
        Target.objects.filter(indicator="育苗中心").update(value=Decimal(value))
        assert program.get("/targets", q="育苗").json()["items"][0]["value"] == printed

    def test_documents_lines_and_the_file_itself(self, program, plan):
        document = SourceDocument.objects.get()
        assert program.get(f"/documents/{document.pk}").json()["line_count"] == 200
        lines = program.get(f"/documents/{document.pk}/lines", offset=198, limit=10).json()
        assert lines["total"] == 200
        assert [line["number"] for line in lines["items"]] == [199, 200]
        assert lines["items"][0]["text"] == document.lines(199, 199)[0]
        file = program.get(f"/documents/{document.pk}/file")
        assert b"".join(file.streaming_content).decode() == document.text
        assert file["Content-Disposition"].startswith("attachment")
        document.file.storage.delete(document.file.name)
        problem(program.get(f"/documents/{document.pk}/file"), 404)
        SourceDocument.objects.update(file="")
        problem(program.get(f"/documents/{document.pk}/file"), 404)

    def test_units_with_their_names_as_of_a_date(self, program, units):
        farm = units.farm
        for name, kind, first, last in (
            ("州农业局", "old-name", None, dt.date(2019, 2, 28)),
            ("州农业农村局", "short", dt.date(2019, 3, 1), None),
        ):
            UnitName.objects.create(name=name, kind=kind, valid_from=first, valid_to=last).units.add(farm)
        found = program.get(f"/units/{farm.pk}").json()
        assert (found["parent"], len(found["names"])) == (units.state.pk, 2)
        then = program.get(f"/units/{farm.pk}", on="2018-06-30").json()
        assert [row["name"] for row in then["names"]] == ["州农业局"]
        assert [row["key"] for row in program.get("/units", q="农业局").json()["items"]] == ["farm"]
        assert program.get("/units", below=units.north.pk).json()["total"] == 2

    def test_of_a_file_of_several_plans_only_the_lines_of_those_seen(self, program, units, office):
        document = make_document("公报.txt")
        for unit, first, last in ((units.trade, 11, 20), (units.farm, 21, 50), (units.trade, 101, 110)):
            made = publication(
                units.state,
                document,
                first_line=first,
                last_line=last,
                measures=(measure("0001", ("一、",), "照此办理"),),
                responsibilities=(duty("0001", "lead", unit.short_name, unit),),
            )
            actions.publish(acting_user=office, publication=made)
        trade = Program(make_user("trade", (Role.LEAD, units.trade)))
        lines = trade.get(f"/documents/{document.pk}/lines", offset=8, limit=4).json()
        assert lines["total"] == 20
        assert [line["number"] for line in lines["items"]] == [19, 20, 101, 102]
        assert [line["text"] for line in lines["items"]] == document.lines(19, 20) + document.lines(101, 102)
        assert program.get(f"/documents/{document.pk}/lines").json()["total"] == 50
        problem(trade.get(f"/documents/{document.pk}/file"), 404)
        assert program.get(f"/documents/{document.pk}/file").status_code == 200

    def test_nothing_of_others_is_given(self, plan, units):
        trade = Program(make_user("trade", (Role.LEAD, units.trade)))
        assert trade.get("/measures").json()["total"] == 2
        assert trade.get("/targets").json()["total"] == 1
        foreign = Measure.objects.get(label="一、（二）")
        problem(trade.get(f"/measures/{foreign.pk}"), 404)
        problem(trade.get(f"/deadlines/{Deadline.objects.get(rule_kind='date').pk}"), 404)
        assert trade.get(f"/plans/{plan.pk}/versions").json()[0]["summary"] is None
        assert trade.get(f"/plans/{plan.pk}").json()["versions"][0]["summary"] is None
        nobody = Program(make_user("nobody"))
        assert nobody.get("/plans").json()["total"] == 0
        problem(nobody.get(f"/plans/{plan.pk}"), 404)
        problem(nobody.get(f"/documents/{SourceDocument.objects.get().pk}/file"), 404)


class TestFilters:
    """The ledger's questions."""

    @pytest.mark.parametrize(
        ("path", "query", "total"),
        [
            ("/measures", {"is_task": "true"}, 4),
            ("/measures", {"year": 2026}, 6),
            ("/measures", {"year": 2025}, 0),
            ("/measures", {"plan": 10**15}, 0),
            ("/measures", {"q": "基地 标准园"}, 1),
            ("/measures", {"role": "supporting"}, 1),
            ("/measures", {"unit": "north"}, 2),
            ("/measures", {"unit": "north", "subtree": "false"}, 1),
            ("/measures", {"unit": "north", "role": "supporting"}, 1),
            ("/measures", {"unit": 10**15}, 0),
            ("/measures", {"due_before": "2026-09-30"}, 1),
            ("/measures", {"due_after": "2026-10-01"}, 0),
            ("/targets", {"target_year": 2026}, 4),
            ("/targets", {"unit": "trade"}, 1),
            ("/targets", {"due_before": "2026-12-31"}, 1),
            ("/responsibilities", {"unit": "north", "subtree": "false"}, 1),
            ("/responsibilities", {"role": "lead"}, 3),
            ("/deadlines", {"due_after": "2026-09-30", "due_before": "2026-09-30"}, 1),
            ("/deadlines", {"q": "每月"}, 1),
            ("/plans", {"q": "乡村 云政发"}, 1),
            ("/plans", {"q": "城镇"}, 0),
            ("/plans", {"year": 2026, "is_public": "false"}, 1),
        ],
    )
    def test_they_narrow(self, program, plan, units, path, query, total):
        if isinstance(query.get("unit"), str):
            query = query | {"unit": getattr(units, query["unit"]).pk}
        assert program.get(path, **query).json()["total"] == total

    def test_pages_join_into_the_whole(self, program, plan):
        whole = program.get("/measures").json()["items"]
        parts = [program.get("/measures", limit=4, offset=start).json()["items"] for start in (0, 4, 8)]
        assert [len(part) for part in parts] == [4, 2, 0]
        assert parts[0] + parts[1] == whole

    def test_a_copy_can_be_kept(self, program, plan, units, office):
        since = timezone.now().isoformat()
        assert program.get("/targets", modified_since=since).json()["total"] == 0
        row = Target.objects.get(indicator="育苗中心")
        actions.edit_target(acting_user=office, target=row, values={"value": Decimal(4)})
        changed = program.get("/targets", modified_since=since).json()["items"]
        assert [(one["id"], one["value"], one["provenance"]["origin"]) for one in changed] == [
            (row.pk, "4", "corrected")
        ]
        smaller = sample(units, make_document("新版.txt"), targets=())
        actions.publish(acting_user=office, publication=smaller, plan=plan)
        assert program.get("/targets", modified_since=since).json()["total"] == 0
        gone = program.get("/targets", modified_since=since, retired="true").json()
        assert gone["total"] == 4
        assert {one["provenance"]["retired_in"] for one in gone["items"]} == {2}
        difference = program.get(f"/plans/{plan.pk}/versions/2/difference").json()
        assert {(one["what"], one["kind"]) for one in difference["items"]} == {("retired", "target")}

    def test_an_unchanged_list_is_not_sent_twice(self, program, plan):
        first = program.get("/measures")
        again = program.get("/measures", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        Measure.objects.filter(label="一、").update(title="改")
        assert program.get("/measures", headers={"If-None-Match": first["ETag"]}).status_code == 200

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"limit": 501}, "limit"),
            ({"limit": 0}, "limit"),
            ({"offset": -1}, "offset"),
            ({"year": "明年"}, "year"),
            ({"due_before": "2026-02-30"}, "due_before"),
            ({"role": "chief"}, "role"),
            ({"q": "长" * 61}, "q"),
            ({"q": "\x00"}, "q"),
            ({"modified_since": "2026-01-01T00:00:00"}, "modified_since"),
            ({"modified_since": "0001-01-01T00:00:00+08:00"}, "modified_since"),
            ({"modified_since": "9999-12-31T23:59:59-08:00"}, "modified_since"),
        ],
    )
    def test_what_cannot_be_read_is_named(self, program, query, field):
        body = problem(program.get("/measures", **query), 422)
        assert [error["field"] for error in body["errors"]] == [field]
        assert not body["errors"][0]["detail"].isascii()


class TestAddresses:
    """What is not there."""

    @pytest.mark.parametrize(
        "path",
        ["/plans/999999", f"/plans/{10**30}", "/measures/0", "/nothing", "/plans/abc", "/uploads/7", "/drafts/7"],
    )
    def test_unknown_ones(self, program, path):
        problem(program.get(path), 404)

    def test_the_document_of_operations_and_its_page(self, client):
        document = client.get(f"{API}/openapi.json").json()
        assert document["info"]["title"] == "落实开放接口"
        assert document["info"]["version"] == "1.0"
        for path, operations in document["paths"].items():
            for operation in operations.values():
                assert not operation["summary"].isascii(), path
                assert not operation["description"].isascii(), path
        page = client.get(f"{API}/docs").content.decode()
        assert "swagger-ui-bundle.js" in page
        assert "//cdn" not in page
        assert "https://" not in page


class TestSize:
    """Queries do not grow with the rows."""

    @pytest.fixture
    def much(self, units, office):
        numbers = range(1, 301)
        made = publication(
            units.state,
            make_document("大.txt", lines=400),
            measures=tuple(measure(f"{n:04}", (f"{n}、",), f"任务{n}", line=n) for n in numbers),
            targets=tuple(target(f"{n:04}", f"指标{n}", str(n), line=n) for n in numbers),
        )
        return actions.publish(acting_user=office, publication=made).plan

    @pytest.mark.parametrize(
        "path",
        [
            *("/me", "/plans", "/measures", "/targets", "/responsibilities", "/deadlines", "/units", "/documents"),
            *("/uploads", "/drafts", "/plans/{plan}", "/plans/{plan}/tables", "/plans/{plan}/versions"),
            "/plans/{plan}/versions/1/difference",
        ],
    )
    def test_at_most_fifteen(self, program, plan, much, units, path, django_assert_max_num_queries):
        with django_assert_max_num_queries(15):
            response = program.get(path.format(plan=much.pk), **({"limit": 500} if path != "/me" else {}))
        assert response.status_code == 200


class TestBringingIn:
    """From a file to a plan, all through the API."""

    TEXT = "\n".join(
        [
            "云岭州人民政府关于印发云岭州2026年市场主体培育方案的通知",
            "云政发〔2026〕7号",
            "一、培育市场主体",
            "（一）扩大总量。2026年净增市场主体1.5万户以上。（牵头单位：州商务局；责任单位：州农业农村局）",
            "（二）提升质量。9月底前完成一批示范创建。（牵头单位：州农业农村局）",
        ]
    )

    @pytest.fixture
    def upload(self, program, units):
        response = program.post(
            "/documents", file=SimpleUploadedFile("方案.txt", self.TEXT.encode()), owner=units.state.pk
        )
        assert response.status_code == 202, response.content
        process_upload(response.json()["id"])
        return program.get(f"/uploads/{response.json()['id']}").json()

    def test_upload_confirm_publish(self, program, upload):
        assert (upload["state"], upload["name"]) == ("done", "方案.txt")
        assert len(upload["drafts"]) == 1
        draft = upload["drafts"][0]
        found = program.get(f"/drafts/{draft['id']}").json()
        assert found["items"]["total"] == draft["total"] > 3
        item = next(one for one in found["items"]["items"] if one["kind"] == "target")
        assert (item["data"]["value"], item["data"]["unit"]) == ("15000", "户")
        data = item["data"] | {"value": "16000"}
        address = f"/drafts/{draft['id']}/items/{item['id']}/decision"
        decided = program.post(address, {"decision": "correct", "revision": item["revision"], "data": data})
        assert (decided.status_code, decided.json()["state"]) == (200, "corrected")
        stale = program.post(address, {"decision": "reject", "revision": item["revision"]})
        assert "请核对" in problem(stale, 409)["detail"]
        accepted = program.post(f"/drafts/{draft['id']}/accept-sure", {"threshold": 0.5}).json()["accepted"]
        assert item["id"] not in accepted
        assert accepted
        published = program.post(f"/drafts/{draft['id']}/publish", {})
        assert published.status_code == 200, published.content
        targets = program.get("/targets", plan=published.json()["plan"]).json()["items"]
        assert ("16000", "corrected") in {(one["value"], one["provenance"]["origin"]) for one in targets}
        assert program.get(f"/drafts/{draft['id']}").json()["plan"] == published.json()["plan"]
        closed = program.post(f"/drafts/{draft['id']}/accept-sure", {})
        problem(closed, 409)
        assert program.post(f"/drafts/{draft['id']}/publish", {}).json() == published.json()

    def test_a_decision_that_cannot_be_read(self, program, upload):
        draft = upload["drafts"][0]["id"]
        item = program.get(f"/drafts/{draft}").json()["items"]["items"][0]
        address = f"/drafts/{draft}/items/{item['id']}/decision"
        assert problem(program.post(address, {"decision": "perhaps"}), 422)["errors"]
        problem(program.client.post(f"{API}{address}", "{", "application/json", headers=program.headers), 400)

    def test_only_coordinators_bring_files_in(self, units, program):
        farm = Program(make_user("farm", (Role.LEAD, units.farm)))
        file = SimpleUploadedFile("甲.txt", b"abc")
        problem(farm.post("/documents", file=file), 403)
        county = Program(make_user("county", (Role.COORDINATOR, units.north)))
        problem(county.post("/documents", file=SimpleUploadedFile("甲.txt", b"abc"), owner=units.state.pk), 403)
        problem(program.post("/documents", file=SimpleUploadedFile("甲.txt", b"abc")), 422)

    def test_a_file_over_the_limit_is_refused_before_it_is_read(self, program, settings, units):
        settings.LUOSHI_UPLOAD_LIMIT = 1
        file = SimpleUploadedFile("甲.txt", b"x" * (2**20 + 10))
        problem(program.post("/documents", file=file, owner=units.state.pk), 413)

    def test_a_form_that_is_none(self, program):
        for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "application/json"):
            response = program.client.generic("POST", f"{API}/documents", b"--y\r\n", kind, headers=program.headers)
            assert response.status_code in (400, 422), response.content
            problem(response, response.status_code)
