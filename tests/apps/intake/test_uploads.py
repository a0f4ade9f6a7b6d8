"""Receiving files and reading them: every good and hostile file, jobs that die, jobs that run twice."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from luoshi.apps.intake import drafting
from luoshi.apps.intake.actions import process_upload, requeue_stalled, retry_upload, uploads
from luoshi.apps.intake.actions.reading import _claim
from luoshi.apps.intake.errors import Closed
from luoshi.apps.intake.models import Draft, DraftItem, Upload, UploadState
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import SourceDocument
from tests.apps.intake.factories import NOTICE, PLAN, make_draft, make_upload, run_jobs

LONG_AGO = dt.timedelta(hours=1)


def _pdf(*, encrypted: bool = False, text: bool = True) -> bytes:
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, encrypt=StandardEncryption("geheim", canPrint=0) if encrypted else None)
    if text:
        page.drawString(72, 720, "Plan 2026")
    else:
        page.rect(72, 72, 400, 600, fill=1)  # a picture of a page, no text
    page.showPage()
    page.save()
    return buffer.getvalue()


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w>" + b" " * (40 * 2**20) + b"</w>")
    return buffer.getvalue()


#: name → (file name, content, code, words that the message must hold)
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "zip bomb": ("方案.docx", _bomb, "too_large", "炸弹"),
    "encrypted pdf": ("方案.pdf", lambda: _pdf(encrypted=True), "encrypted", "密码"),
    "scanned pdf": ("方案.pdf", lambda: _pdf(text=False), "scanned", "扫描"),
    "false ending": ("方案.docx", lambda: _pdf(), "format_mismatch", "pdf"),
    "broken docx": ("方案.docx", lambda: b"PK\x03\x04" + b"\x00" * 100, "damaged", "损坏"),
    "old word": ("方案.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "unknown_format", "docx"),
    "no bytes": ("方案.txt", lambda: b"", "empty", "空"),
    "only blanks": ("方案.txt", lambda: "　\n \n".encode(), "empty", "文字"),
    "binary as text": ("方案.txt", lambda: bytes(range(256)) * 8, "", ""),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", HOSTILE, ids=str)
def test_hostile_files_end_in_their_message(
    case: str, client: Client, coordinator: Any, prefecture: dict[str, Unit]
) -> None:
    name, content, code, words = HOSTILE[case]
    client.force_login(coordinator)
    sent = {"owner": prefecture["ylz"].pk, "files": SimpleUploadedFile(name, content())}
    answer = client.post(reverse("intake:uploads"), sent, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 200
    assert run_jobs() == 1
    upload = Upload.objects.get()
    assert upload.state == UploadState.FAILED
    if code:
        assert upload.error_code == code
    assert words.lower() in upload.message.lower()
    assert upload.message and not upload.message.isascii()
    # The server is alive, and the page says what was wrong.
    page = client.get(reverse("intake:uploads"))
    assert page.status_code == 200
    assert upload.message in page.content.decode()
    # A good file right behind the hostile one is read.
    assert make_draft(coordinator, prefecture["ylz"]).items.exists()


@pytest.mark.django_db
def test_a_file_over_the_limit_is_not_kept(
    client: Client, coordinator: Any, prefecture: dict[str, Unit], settings: Any
) -> None:
    client.force_login(coordinator)
    big = SimpleUploadedFile("大文件.pdf", b"%PDF-" + b"0" * (65 * 2**20))
    good = SimpleUploadedFile("方案.txt", PLAN.encode())
    answer = client.post(
        reverse("intake:uploads"),
        {"owner": prefecture["ylz"].pk, "files": [big, good]},
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.status_code == 200
    refused = Upload.objects.get(name="大文件.pdf")
    assert (refused.state, refused.error_code) == (UploadState.FAILED, "too_large")
    assert "64 MB" in refused.message
    assert not refused.file
    assert Upload.objects.get(name="方案.txt").state == UploadState.QUEUED
    kept = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in kept] == [len(PLAN.encode())]


@pytest.mark.django_db
def test_a_file_becomes_drafts_with_items(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    upload = make_upload(coordinator, prefecture["ylz"])
    assert DBTaskResult.objects.count() == 1
    assert run_jobs() == 1
    upload.refresh_from_db()
    assert (upload.state, upload.progress, upload.error_code) == (UploadState.DONE, 100, "")
    draft = upload.drafts.get()
    assert draft.title == "云岭州2026年粮食安全保障行动方案"
    assert draft.year == 2026
    kinds = set(draft.items.values_list("kind", flat=True))
    assert {"measure", "target", "responsibility", "deadline"} <= kinds
    lines = draft.document.lines()
    for item in draft.items.all():
        joined = "".join(lines[line - 1][start:end] for line, start, end in item.spans)
        assert joined == item.text.replace("\n", "")  # paragraphs of a measure are joined by line feeds
        assert item.line == item.spans[0][0]
        assert item.data == item.original
    keys = {item.data["key"] for item in draft.items.filter(kind="measure")}
    assert set(draft.items.exclude(measure_key="").values_list("measure_key", flat=True)) <= keys
    assert Entry.objects.filter(action="上传文件", actor=coordinator).exists()
    assert Entry.objects.filter(action="读取文件", actor=None).exists()


@pytest.mark.django_db
def test_names_are_resolved_as_of_the_plan(draft: Draft) -> None:
    names = {
        entry["name"]: entry["units"]
        for item in draft.items.filter(kind="responsibility")
        for role in ("lead", "responsible", "supporting")
        for entry in item.data[role]
    }
    assert names["州农业农村局"] == ["ylz-nyncj"]
    assert sorted(names["各县人民政府"]) == ["bsx", "qsx"]
    assert names["州粮储局"] == []
    assert draft.items.filter(unknown_names__gt=0).count() == 2


@pytest.mark.django_db
def test_the_same_bytes_are_one_document(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    one = make_draft(coordinator, prefecture["ylz"])
    two = make_draft(coordinator, prefecture["ylz"], name="再传一次.txt")
    assert one.document_id == two.document_id
    assert SourceDocument.objects.count() == 1
    assert one.pk != two.pk


@pytest.mark.django_db
def test_a_document_read_otherwise_before_keeps_its_text(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    first = make_draft(coordinator, prefecture["ylz"])
    document = first.document
    # As an older reader might have left it: the same words, lines broken otherwise.
    document.text = document.text.replace("\n\n", "\n")
    document.save()
    second = make_draft(coordinator, prefecture["ylz"])
    lines = second.document.lines()
    for item in second.items.all():
        assert "".join(lines[line - 1][start:end] for line, start, end in item.spans) == item.text.replace("\n", "")


@pytest.mark.django_db
def test_null_characters_do_not_reach_the_database(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    from luoshi.documents import Document, Format, Line

    document = drafting.without_nulls(Document("x", Format.TXT, (Line(1, "一\x00二"),)))
    assert document.text == "一\ufffd二"


@pytest.mark.django_db
def test_reading_twice_does_no_harm(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    upload = make_upload(coordinator, prefecture["ylz"])
    process_upload(upload.pk)
    before = (Draft.objects.count(), DraftItem.objects.count(), Entry.objects.count())
    process_upload(upload.pk)
    process_upload(upload.pk + 1000)
    assert (Draft.objects.count(), DraftItem.objects.count(), Entry.objects.count()) == before


@pytest.mark.django_db
def test_a_job_killed_in_the_middle_is_taken_up_again(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    upload = make_upload(coordinator, prefecture["ylz"])
    DBTaskResult.objects.all().delete()
    assert _claim(upload.pk) == 1  # … and here the worker was killed
    process_upload(upload.pk)  # nobody else may read it meanwhile
    upload.refresh_from_db()
    assert upload.state == UploadState.READING
    assert requeue_stalled() == 0  # it may still be at work
    Upload.objects.update(touched_at=timezone.now() - LONG_AGO)
    assert requeue_stalled() == 1
    assert requeue_stalled() == 0
    assert run_jobs() == 1
    upload.refresh_from_db()
    assert (upload.state, upload.attempts) == (UploadState.DONE, 2)
    assert upload.drafts.count() == 1


@pytest.mark.django_db
def test_a_job_that_wakes_up_late_stores_nothing(
    coordinator: Any, prefecture: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    from luoshi import extraction

    upload = make_upload(coordinator, prefecture["ylz"])
    truly = extraction.extract

    def slow(document: Any) -> Any:
        # While this run is at work, it is taken for dead, and another one does the whole work.
        monkeypatch.setattr(extraction, "extract", truly)
        Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now() - LONG_AGO)
        requeue_stalled()
        process_upload(upload.pk)
        return truly(document)

    monkeypatch.setattr(extraction, "extract", slow)
    process_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.attempts, upload.drafts.count()) == (UploadState.DONE, 2, 1)


@pytest.mark.django_db
def test_a_file_that_kills_its_job_each_time_is_given_up(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    upload = make_upload(coordinator, prefecture["ylz"])
    for _ in range(uploads.MOST_ATTEMPTS):
        assert _claim(upload.pk)
        Upload.objects.update(touched_at=timezone.now() - LONG_AGO)
        requeue_stalled()
    upload.refresh_from_db()
    assert (upload.state, upload.error_code) == (UploadState.FAILED, "interrupted")
    assert "重新读取" in upload.message
    retry_upload(acting_user=coordinator, upload=upload)
    process_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.DONE
    with pytest.raises(Closed):
        retry_upload(acting_user=coordinator, upload=upload)


@pytest.mark.django_db
def test_what_breaks_inside_is_said_in_words(
    coordinator: Any, prefecture: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    from luoshi import extraction

    def broken(document: Any) -> Any:
        raise RuntimeError("a defect")

    monkeypatch.setattr(extraction, "extract", broken)
    upload = make_upload(coordinator, prefecture["ylz"])
    process_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error_code) == (UploadState.FAILED, "internal")
    assert "a defect" not in upload.message
    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_only_keepers_of_the_owner_upload(person: Callable[..., Any], prefecture: dict[str, Unit]) -> None:
    for roles in ({"ylz": "reporter"}, {"ylz": "leader"}, {"qsx": "coordinator"}, {}):
        user = person(f"user{len(roles)}{'-'.join(roles.values())}{'-'.join(roles)}", **roles)
        with pytest.raises(PermissionDenied):
            make_upload(user, prefecture["ylz"])
    assert not Upload.objects.exists()
    assert make_upload(person("xian", qsx="coordinator"), prefecture["qsx"]).owner == prefecture["qsx"]
    assert make_upload(None, prefecture["ylz"]).created_by is None  # the command line


@pytest.mark.django_db
def test_uploads_of_other_owners_are_not_seen(
    client: Client, person: Callable[..., Any], coordinator: Any, prefecture: dict[str, Unit]
) -> None:
    draft = make_draft(coordinator, prefecture["ylz"])
    client.force_login(person("xian", qsx="coordinator"))
    assert draft.title not in client.get(reverse("intake:uploads")).content.decode()
    for name, args in (
        ("intake:upload", (draft.upload_id,)),
        ("intake:upload-row", (draft.upload_id,)),
        ("intake:draft", (draft.pk,)),
        ("intake:items", (draft.pk,)),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404
    client.force_login(person("tianbao", ylz="reporter"))
    assert client.get(reverse("intake:uploads")).status_code == 403
    client.logout()
    assert client.get(reverse("intake:uploads")).status_code == 302
    assert client.get(reverse("intake:items", args=(draft.pk,))).status_code == 401


@pytest.mark.django_db
def test_an_upload_needs_the_token_of_the_page(coordinator: Any, prefecture: dict[str, Unit]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(coordinator)
    sent = {"owner": prefecture["ylz"].pk, "files": SimpleUploadedFile("方案.txt", PLAN.encode())}
    assert client.post(reverse("intake:uploads"), sent).status_code == 403
    assert not Upload.objects.exists()


@pytest.mark.django_db
def test_nothing_chosen_is_said(client: Client, coordinator: Any, prefecture: dict[str, Unit]) -> None:
    client.force_login(coordinator)
    page = client.post(reverse("intake:uploads"), {"owner": prefecture["ylz"].pk}, follow=True)
    assert "请选择要上传的文件" in page.content.decode()
    for owner in ("", "x", prefecture["sheng-sjt"].pk, 10**30):
        sent = {"owner": owner, "files": SimpleUploadedFile("方案.txt", PLAN.encode())}
        answer = client.post(reverse("intake:uploads"), sent, headers={"X-Requested-With": "fetch"})
        assert answer.status_code == 422
    assert not Upload.objects.exists()


@pytest.mark.django_db
def test_a_notice_is_a_draft_without_tasks(client: Client, coordinator: Any, prefecture: dict[str, Unit]) -> None:
    draft = make_draft(coordinator, prefecture["ylz"], NOTICE, "批复.txt")
    assert not draft.items.filter(kind="measure").exists()
    client.force_login(coordinator)
    assert "无任务" in client.get(reverse("intake:draft", args=(draft.pk,))).content.decode()
    client.post(reverse("intake:discard", args=(draft.pk,)))
    draft.refresh_from_db()
    assert draft.state == "discarded"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\文件\\方案.docx", "方案.docx"),
        ("../../etc/passwd", "passwd"),
        ("", "未命名"),
        ("方\u202e案.txt", "方案.txt"),
        ("长" * 300 + ".docx", "长" * 195 + ".docx"),
    ],
)
def test_names_of_files_are_cleaned(given: str, kept: str) -> None:
    assert uploads.clean_name(given) == kept


@pytest.mark.django_db
def test_a_failed_file_is_deleted_and_written_down(
    client: Client, person: Callable[..., Any], coordinator: Any, prefecture: dict[str, Unit]
) -> None:
    upload = make_upload(coordinator, prefecture["ylz"], _pdf(text=False), "扫描件.pdf")
    process_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.FAILED
    stored = upload.file.path
    address = reverse("intake:upload-delete", args=(upload.pk,))
    client.force_login(person("county", qsx="coordinator"))
    assert client.post(address).status_code == 404
    client.force_login(coordinator)
    assert address in client.get(reverse("intake:uploads")).content.decode()
    assert client.post(address).url == reverse("intake:uploads")
    assert not Upload.objects.filter(pk=upload.pk).exists()
    entry = Entry.objects.get(action="删除上传")
    assert (entry.actor, entry.object_id, entry.before["name"]) == (coordinator, str(upload.pk), "扫描件.pdf")
    assert stored
    read = make_draft(coordinator, prefecture["ylz"]).upload
    client.post(reverse("intake:upload-delete", args=(read.pk,)))
    assert Upload.objects.filter(pk=read.pk).exists()


@pytest.mark.django_db
def test_the_file_of_a_deleted_upload_goes_with_it(
    coordinator: Any, prefecture: dict[str, Unit], django_capture_on_commit_callbacks: Any
) -> None:
    upload = make_upload(coordinator, prefecture["ylz"], _pdf(text=False), "扫描件.pdf")
    process_upload(upload.pk)
    storage, name = upload.file.storage, upload.file.name
    with django_capture_on_commit_callbacks(execute=True):
        uploads.delete_upload(acting_user=coordinator, upload=upload)
    assert not storage.exists(name)
