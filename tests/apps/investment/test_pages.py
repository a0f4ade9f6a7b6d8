"""The pages: who may, what is kept of what was typed, how many queries, what the numbers lead to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from luoshi.apps.accounts.actions import issue_token
from luoshi.apps.investment import actions
from luoshi.apps.investment.models import ChainPlace, Enterprise, Group, Lead
from luoshi.apps.projects.models import Chain
from tests.apps.investment.making import PDF, YI, make_activity, make_lead, move


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pdf(name="意向书.pdf"):
    return SimpleUploadedFile(name, PDF, "application/pdf")


def test_a_clerk_takes_a_lead_to_its_signing(scene):
    client, today = client_of(scene.north), scene.today
    typed = {
        "title": "储能电站",
        "enterprise": "西海储能有限公司",
        "where": "country",
        "unit": "north",
        "place": "north",
        "amount": "15.5",
        "source": "stationed",
        "mode": "ordinary",
        "found_on": f"{today - dt.timedelta(days=30)}",
        "content": "100兆瓦储能",
    }
    refused = client.post(reverse("investment:lead-new"), typed | {"found_on": f"{today + dt.timedelta(days=3)}"})
    assert refused.status_code == 422 and "不能晚于今天" in refused.content.decode()
    assert 'value="储能电站"' in refused.content.decode(), "what was typed stays"
    assert not Enterprise.objects.filter(name="西海储能有限公司").exists()
    made = client.post(reverse("investment:lead-new"), typed)
    lead = Lead.objects.get(title="储能电站")
    assert made.headers["Location"] == reverse("investment:lead", args=[lead.pk])
    assert (lead.amount, lead.enterprise.name) == (YI * 31 / 2, "西海储能有限公司")
    page = reverse("investment:lead", args=[lead.pk])
    visit = {"on": f"{today - dt.timedelta(days=20)}", "text": "看了厂址", "next_on": "", "next_step": ""}
    assert client.post(f"{page}/visits", visit).status_code == 302
    step = {"to": "negotiating", "on": f"{today - dt.timedelta(days=9)}", "kind": "intent", "revision": 1}
    without = client.post(f"{page}/move", step)
    assert without.status_code == 409 and "须有投资意向书或投资建议书" in without.content.decode()
    stale = client.post(f"{page}/move", step | {"revision": 0, "files": pdf()})
    assert stale.status_code == 409 and "他人刚刚改过" in stale.content.decode()
    assert client.post(f"{page}/move", step | {"files": pdf()}).status_code == 302
    wrong = client.post(f"{page}/evidence", {"kind": "other", "files": SimpleUploadedFile("a.exe", b"MZ")})
    assert wrong.status_code == 422 and "文件不收" in wrong.content.decode()
    paper = lead.evidence.get()
    assert b"".join(client.get(f"{page}/evidence/{paper.pk}").streaming_content) == PDF
    signing = step | {"to": "signed", "kind": "agreement", "revision": 2, "files": pdf("协议.pdf"), "on": f"{today}"}
    assert client.post(f"{page}/move", signing).status_code == 302
    shown = client.get(page).content.decode()
    assert "计 100%" in shown and "储能电站" in shown and "看了厂址" in shown
    assert client_of(scene.south).get(page).status_code == 404
    counted = reverse("investment:explain") + f"?scope=territory&figure=major-10&unit={scene.units.north.pk}"
    assert "已签约，投资额15.5亿元" in client.get(counted).content.decode()
    assert client_of(scene.south).get(counted).status_code == 404


def test_activities_are_entered_and_say_whether_they_count(scene):
    client, today = client_of(scene.group), scene.today
    typed = {
        "title": "光伏产业链推介会",
        "begin": f"{today}",
        "end": f"{today}",
        "prefecture": "云岭",
        "unit": "solar",
        "hosts": ["solar"],
        "outside_firms": "9",
        "leader_1": "高远",
        "post_1": "副州长",
        "rank_1": "state",
        "is_own": "on",
    }
    half = client.post(reverse("investment:activity-new"), typed | {"rank_1": ""})
    assert half.status_code == 422 and "请选择级别" in half.content.decode()
    made = client.post(reverse("investment:activity-new"), typed)
    assert made.status_code == 302, made.content.decode()
    page = made.headers["Location"]
    assert "州外企业9户，不足10户" in client.get(page).content.decode()
    changed = typed | {"outside_firms": "10", "revision": "0"}
    assert client.post(f"{page}/edit", changed).status_code == 302
    assert "没有佐证" in client.get(page).content.decode()
    assert client.post(f"{page}/evidence", {"kind": "summary", "files": pdf("总结.pdf")}).status_code == 302
    assert "计入：请进来，云岭（州内）" in client.get(page).content.decode()
    assert client_of(scene.south).get(page).status_code == 404
    listed = client.get(reverse("investment:activities"), {"kind": "inbound"}).content.decode()
    assert "光伏产业链推介会" in listed
    assert "光伏产业链推介会" not in client.get(reverse("investment:activities"), {"kind": "outbound"}).content.decode()
    assert client.post(f"{page}/withdraw", {"reason": "改期"}).status_code == 302
    assert "已撤销，不计次数：改期" in client.get(page).content.decode()


def test_the_office_decides_recognises_and_keeps(scene):
    office, lead = client_of(scene.office), make_lead(scene)
    for to in ("negotiating", "signed"):
        move(scene, lead, to)
    actions.claim_lead(acting_user=scene.office, lead_id=lead.pk, unit=scene.units.south)
    assert "各家份额加起来100" in office.get(reverse("investment:claims")).content.decode()
    decide, parts = reverse("investment:claims-decide", args=[lead.pk]), {"scope": "territory", "reason": "厂址在北川"}
    north, south = (f"part-{unit.pk}" for unit in (scene.units.north, scene.units.south))
    wrong = office.post(decide, parts | {north: "60", south: "60"})
    assert wrong.status_code == 422 and "100%" in wrong.content.decode() and "厂址在北川" in wrong.content.decode()
    assert client_of(scene.north).post(decide, parts | {north: "100", south: "0"}).status_code == 403
    assert office.post(decide, parts | {north: "100", south: "0"}).status_code == 302

    funds, month = reverse("investment:funds"), f"{scene.today:%Y-%m}"
    clerk = client_of(scene.north)
    reported = {"unit": "north", "lead": lead.pk, "kind": "prefecture", "period": month, "amount": "1,200"}
    assert clerk.post(funds, reported).status_code == 302
    row = lead.funds.get()
    check = reverse("investment:funds-check", args=[row.pk])
    assert clerk.post(check, {"accept": "yes"}).status_code == 403
    short = office.post(check, {"accept": "yes", "recognised": "1000", "remark": ""})
    assert short.status_code == 422 and 'value="1000"' in short.content.decode()
    assert office.post(check, {"accept": "yes", "recognised": "1000", "remark": "其余未到账"}).status_code == 302
    lines = {"kind": "prefecture", "lines": f"北川县 {month} 5,600\n南屏县\t{month}\t300"}
    assert clerk.post(funds, lines).status_code == 403
    bad = office.post(funds, lines | {"lines": "无此县 2026-05 3\n北川县 去年 8"})
    assert bad.status_code == 422 and "没有找到单位“无此县”" in bad.content.decode()
    assert office.post(funds, lines).status_code == 302
    assert str(scene.units.south) in office.get(funds).content.decode()

    chains = reverse("investment:chains")
    first = {"chain_name": "绿色硅光伏", "name": "组件", "tier": "midstream", "gap": "missing"}
    assert clerk.post(chains, first).status_code == 403
    made = office.post(chains, first)
    chain = Chain.objects.get(name="绿色硅光伏")
    assert made.headers["Location"] == reverse("investment:chain", args=[chain.pk])
    link = chain.links.get()
    place = {"act": "place", "link": link.pk, "enterprise": scene.investor.name, "standing": "wanted"}
    assert office.post(made.headers["Location"], place).status_code == 302
    shown = clerk.get(made.headers["Location"]).content.decode()
    assert "chain-graph" in shown and scene.investor.name in shown and "缺失" in shown
    assert ChainPlace.objects.get().link == link
    remove = {"act": "remove", "link": link.pk}
    Lead.objects.filter(pk=lead.pk).update(link=link)
    assert "不能删除" in office.post(made.headers["Location"], remove).content.decode()

    groups = reverse("investment:groups")
    one = Group.objects.get(unit=scene.solar)
    kept = {"unit": "solar", "lead_unit": "trade", "members": ["farm"], "funds_rule": "statistics", "is_active": "on"}
    assert office.post(f"{groups}?edit={one.pk}", kept).status_code == 302
    assert list(one.members.all()) == [scene.units.farm]
    assert office.post(groups, kept | {"unit": "north"}).status_code == 422


@pytest.mark.parametrize("user", ["office", "north", "leader", "stranger"])
def test_pages_open_within_the_budget_of_queries(scene, user, django_assert_max_num_queries):
    for number in range(6):
        lead = make_lead(scene, title=f"项目{number}", place=scene.units.south)
        move(scene, lead, "negotiating")
        move(scene, lead, "signed", 5)
        if number % 2:
            actions.claim_lead(acting_user=scene.south, lead_id=lead.pk, unit=scene.units.south)
        actions.report_funds(
            acting_user=scene.north,
            unit=scene.units.north,
            lead_id=lead.pk,
            kind="prefecture",
            period=f"{scene.today:%Y-%m}",
            amount=YI,
        )
    activity = make_activity(scene, scene.units.north, scene.solar)
    link = actions.save_link(
        acting_user=scene.office, chain=None, chain_name="光伏", name="硅料", tier="upstream", gap="weak"
    )
    client = client_of(getattr(scene, user))
    pages = ["home", "leads", "leads-export", "board", "activities", "activities-export", "counts", "counts-export",
             "funds", "claims", "chains", "groups", "enterprises", "enterprise-new", "lead-new", "activity-new",
             "targets"]  # fmt: skip
    found = [reverse(f"investment:{name}") for name in pages]
    found += [reverse("investment:lead", args=[lead.pk]), reverse("investment:lead-edit", args=[lead.pk])]
    found += [
        reverse("investment:activity", args=[activity.pk]),
        reverse("investment:activity-edit", args=[activity.pk]),
    ]
    found += [reverse("investment:chain", args=[link.chain_id])]
    found += [reverse("investment:enterprise", args=[scene.investor.pk])]
    explain = reverse("investment:explain") + f"?unit={scene.units.north.pk}"
    found += [f"{explain}&scope=territory&figure={key}" for key in ("signed", "head-trips", "funds-growth")]
    opened = 0
    for address in found:
        with django_assert_max_num_queries(15, info=address):
            answer = client.get(address)
        assert answer.status_code in (200, 403, 404), address
        opened += answer.status_code == 200
        if answer.status_code == 200 and not answer.streaming:
            assert "None" not in answer.content.decode(), address
    assert opened == {"office": 26, "north": 25, "leader": 20, "stranger": 13}[user]


def test_the_api_says_the_same(scene):
    client = Client()
    client.defaults["HTTP_AUTHORIZATION"] = (
        f"Bearer {issue_token(acting_user=scene.north, user=scene.north, name='试验')}"
    )
    base = "/api/v1/investment"
    body = {"unit": "north", "title": "储能", "enterprise": "西海储能", "source": "own", "place": "north",
            "amount": "800000000"}  # fmt: skip
    made = client.post(f"{base}/leads", body, content_type="application/json")
    assert made.status_code == 201, made.content
    lead = made.json()
    assert (lead["amount"], lead["claims"][0]["part"]) == ("800000000", "1")
    step = {"to": "negotiating", "on": f"{scene.today}"}
    refused = client.post(f"{base}/leads/{lead['id']}/move", step, content_type="application/json")
    assert refused.status_code == 409 and "意向书" in refused.json()["detail"]
    moved = client.post(
        f"{base}/leads/{lead['id']}/move", step | {"override": "盖章中"}, content_type="application/json"
    )
    assert moved.json()["state"] == "negotiating" and moved.json()["moves"][0]["override"] == "盖章中"
    assert client.get(f"{base}/leads", {"state": "open"}).json()["total"] == 1
    rows = client.get(f"{base}/counts").json()["rows"]
    assert {row["unit"]["key"] for row in rows} == {"north"}
    why = client.get(f"{base}/explanation", {"scope": "territory", "figure": "signed", "unit": "south"})
    assert why.status_code == 404
