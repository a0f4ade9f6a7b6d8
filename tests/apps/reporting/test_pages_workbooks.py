"""The Excel round trip: what is downloaded, filled and uploaded; looked over first, taken as a whole or not at all."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.apps.reporting.models import Channel, Evidence, Return, ReturnState
from tests.apps.reporting.making import GOOD
from tests.apps.reporting.pages import PROJECTS, PageWorld
from tests.apps.reporting.test_pages_returns import patch, signed_in, submitted
from tests.apps.reporting.workbooks import filled, texts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db) -> PageWorld:
    return PageWorld()


@pytest.fixture
def answer(world):
    return world.now_due(world.form())["qsx"]


@pytest.fixture
def client(world):
    return signed_in(world.filler)


def downloaded(client, answer):
    response = client.get(f"/returns/{answer.pk}/workbook")
    return b"".join(response.streaming_content), response


def upload(client, answer, data, name="表.xlsx"):
    return client.post(f"/returns/{answer.pk}/upload", {"file": SimpleUploadedFile(name, data)})


FULL = {"合计": 30, "企业": 10, "个体户": 20}


def test_the_file_bears_the_official_name_and_what_stands_there(client, answer):
    patch(client, answer, {"s.firm.n": "10"})
    data, response = downloaded(client, answer)
    name = unquote(response["Content-Disposition"])
    month = int(answer.round.period[5:])
    assert f"市场主体月报_青石县_{answer.round.period[:4]}年{month}月.xlsx" in name
    assert "10" in next(iter(texts_of(data).values())).values()


def test_looked_over_before_anything_is_stored(client, answer):
    response = upload(client, answer, filled(downloaded(client, answer)[0], "累计", **FULL))
    assert response.context["change_count"] == 3
    assert response.context["hard"] == []
    answer.refresh_from_db()
    assert (answer.cells, answer.revision) == ({}, 0)
    taken = client.post(f"/returns/{answer.pk}/upload", {"payload": response.context["payload"], "act": "take"})
    assert taken.status_code == 302
    answer.refresh_from_db()
    assert (answer.cells, answer.state) == (GOOD, ReturnState.OPEN)
    again = upload(client, answer, downloaded(client, answer)[0])
    assert "没有要改的" in again.content.decode()


def test_taken_and_submitted_at_once(client, answer):
    response = upload(client, answer, filled(downloaded(client, answer)[0], "累计", **FULL))
    assert "采用并报送给本单位审核" in response.content.decode()
    client.post(f"/returns/{answer.pk}/upload", {"payload": response.context["payload"], "act": "submit"})
    assert (answer.submissions.get().channel, answer.submissions.get().cells) == (Channel.WORKBOOK, GOOD)


def test_errors_come_back_in_the_same_workbook(client, answer):
    data = filled(downloaded(client, answer)[0], "累计", 合计=31, 企业="十来户", 个体户=20)
    response = upload(client, answer, data)
    assert [(row["place"], row["value"]) for row in response.context["hard"]] == [
        ("“培育情况”“企业”“累计（户）”", "十来户")
    ]
    assert "采用并报送" not in response.content.decode()
    marked = client.post(f"/returns/{answer.pk}/marked", {"payload": response.context["payload"]})
    assert "须更正" in unquote(marked["Content-Disposition"])
    back = b"".join(marked.streaming_content)
    texts = [text for sheet in texts_of(back).values() for text in sheet.values()]
    assert any("不是数字" in text for text in texts), "the list of errors"
    assert "十来户" in texts, "what was typed"
    # Corrected there, it is taken.
    fixed = upload(client, answer, filled(back, "累计", 合计=30, 企业=10))
    assert (fixed.context["hard"], fixed.context["change_count"]) == ([], 3)
    answer.refresh_from_db()
    assert answer.cells == {}


def test_the_wrong_workbook_is_refused_with_the_reason(world, client, answer):
    other = Return.objects.get(round=answer.round, unit__key="bsx")
    theirs = downloaded(signed_in(world.other_filler), other)[0]
    before = world.now_due(answer.round.version, back=1)["qsx"]
    last = downloaded(client, before)[0]
    for data, words in (
        (theirs, "这是“白水县”的表格"),
        (last, "请换本期的表格"),
        (b"no workbook", ""),
        (b"", "空"),
        (b"PK\x03\x04" + b"x" * 200, ""),
    ):
        response = upload(client, answer, data)
        assert response.status_code == 422
        assert "没有收下" in response.content.decode()
        assert words in response.content.decode()
    answer.refresh_from_db()
    assert answer.revision == 0


def test_what_a_colleague_typed_meanwhile_is_not_overwritten(world, client, answer):
    response = upload(client, answer, filled(downloaded(client, answer)[0], "累计", **FULL))
    patch(signed_in(world.second_filler), answer, {"s.firm.n": "11"})
    refused = client.post(f"/returns/{answer.pk}/upload", {"payload": response.context["payload"], "act": "take"})
    assert refused.status_code == 422
    assert "刚刚在网页上改了" in refused.content.decode()
    answer.refresh_from_db()
    assert answer.cells == {"s.firm.n": "11"}


def test_rows_and_evidence(world, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer = world.now_due(world.form("projects", PROJECTS))["qsx"]
    patch(client, answer, {"p.r1.name": "药材厂", "p.r1.unit": "bsx"}, rows={"p": ["r1"]})
    file = SimpleUploadedFile("现场.pdf", b"%PDF-1")
    client.post(f"/returns/{answer.pk}/evidence", {"address": "p.r1.proof", "file": file})
    answer.refresh_from_db()
    response = upload(client, answer, downloaded(client, answer)[0])
    assert response.context["changes"] == []
    assert answer.cells["p.r1.proof"] == str(Evidence.objects.get().pk)


@pytest.mark.parametrize("payload", ["", "x", "[]", "[1,2,3,4]", '[{},{},{},"0"]', '[{"a":1},{},{},0]', "[" * 5000])
def test_a_payload_of_ones_own_is_refused(client, answer, payload):
    response = client.post(f"/returns/{answer.pk}/upload", {"payload": payload, "act": "take"})
    assert response.status_code == 422
    assert client.post(f"/returns/{answer.pk}/marked", {"payload": payload}).status_code == 302


def test_only_its_reporters_upload_and_only_while_it_is_open(world, client, answer):
    assert signed_in(world.lead).get(f"/returns/{answer.pk}/upload").status_code == 403
    assert signed_in(world.other_filler).get(f"/returns/{answer.pk}/workbook").status_code == 404
    submitted(world, answer)
    text = client.get(f"/returns/{answer.pk}/upload", follow=True).content.decode()
    assert "请先撤回" in text
    data = downloaded(signed_in(world.lead), answer)[0]
    assert data.startswith(b"PK"), "whoever sees the return may take it along"
