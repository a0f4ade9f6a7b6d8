"""A return as a workbook: downloaded pre-filled, uploaded, looked over before anything is stored."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.reporting import actions
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.errors import Overlap, ReportingError, ReturnRefused
from luoshi.apps.reporting.examining import Examined, examine, reason_of
from luoshi.apps.reporting.models import Channel, Return
from luoshi.apps.reporting.queries.context import Comparison, comparison
from luoshi.apps.reporting.queries.returns import return_sheet
from luoshi.apps.reporting.states import EDITABLE, not_editable
from luoshi.apps.reporting.views.answers import (
    ahead_of_submitting,
    answer_or_404,
    bounded_upload,
    filled_by,
    head_of,
    revision_of,
    row_map,
    text_map,
    too_large,
)
from luoshi.apps.reporting.views.returns import submitted_words
from luoshi.apps.reporting.views.sheets import changes_in_words
from luoshi.apps.reporting.workbooks import read_for, workbook_of
from luoshi.forms import WrongWorkbook, difference, place_of
from luoshi.forms.model import Change, Problem, Severity, Values
from luoshi.periods import Period
from luoshi.site.workbooks import download

MOST_SHOWN = 300
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def file_name(answer: Return, more: str = "") -> str:
    """``市场主体月报_青石县_2026年9月.xlsx``."""
    parts = (answer.round.form.title, str(answer.unit), Period.parse(answer.round.period).label, more)
    return "_".join(_UNFIT.sub("", part)[:80] for part in parts if part) + ".xlsx"


@require_GET
@login_required
def return_workbook(request: HttpRequest, answer_id: int) -> FileResponse:
    """The workbook to be filled in, with what the return holds already."""
    answer = answer_or_404(request, answer_id)
    return download(BytesIO(workbook_of(return_sheet(answer, user=request.user))), file_name(answer))


@dataclass(frozen=True, slots=True)
class _Offered:
    """What a workbook would make of a return: raw cells, rows, reasons, on a revision of it; and what is wrong."""

    cells: dict[str, str]
    rows: dict[str, list[str]]
    reasons: dict[str, str]
    revision: int
    examined: Examined
    changes: tuple[Change, ...]
    compared: Comparison
    extra: tuple[Problem, ...] = ()

    def payload(self) -> str:
        return json.dumps([self.cells, self.rows, self.reasons, self.revision], ensure_ascii=False)

    def problems(self) -> tuple[Problem, ...]:
        return (*self.extra, *self.examined.problems)


def _judged(
    user: Any,
    answer: Return,
    cells: dict[str, str],
    rows: dict[str, list[str]],
    reasons: dict[str, str],
    revision: int,
    extra: Any = (),
) -> _Offered:
    asked = asked_by(answer.round.version)
    compared = comparison(answer, cells, rows, user=user)
    examined = examine(answer, asked, cells, rows, compared, complete=True, on=timezone.localdate())
    before = Values(answer.cells, answer.rows)
    changes = tuple(difference(before, Values(asked.typed(examined.typed.cells), examined.typed.rows)))
    return _Offered(cells, rows, reasons, revision, examined, changes, compared, tuple(extra))


def _from_file(user: Any, answer: Return, data: bytes) -> _Offered:
    """What an uploaded workbook holds. Raises ``WrongWorkbook``."""
    filled = read_for(answer, data)
    cells, rows = dict(filled.values.cells), {key: list(keys) for key, keys in filled.values.rows.items()}
    if not is_storable([cells, rows, dict(filled.reasons)]):
        raise WrongWorkbook("表格中有不能保存的字符，请删去后再传。")
    reasons = {**answer.reasons, **filled.reasons}
    return _judged(user, answer, cells, rows, reasons, answer.revision, filled.problems)


def _from_payload(request: HttpRequest, answer: Return) -> _Offered:
    """What the page with the preview sends back; ``ValidationError`` for anything else."""
    try:
        cells, rows, reasons, revision = json.loads(request.POST.get("payload", ""))
    except (ValueError, TypeError, RecursionError) as error:
        raise ValidationError("发送的内容有误，请重新上传表格。") from error
    cells, reasons, rows = text_map(cells), text_map(reasons), row_map(rows) or {}
    if not is_storable([cells, rows, reasons]):
        raise ValidationError("发送的内容有误，请重新上传表格。")
    filled = {address: text for address, text in cells.items() if text is not None}
    told = {address: text for address, text in reasons.items() if text}
    return _judged(request.user, answer, filled, rows, told, revision_of(revision))


@bounded_upload
@require_http_methods(["GET", "POST"])
@login_required
def return_upload(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Upload a filled workbook and look over what it changes; only the second step stores anything, all or nothing."""
    answer = filled_by(request, answer_id)
    context: dict[str, Any] = {"answer": answer, "head": head_of(answer, request.user)}
    if answer.state not in EDITABLE:
        messages.error(request, not_editable(answer.state))
        return redirect("reporting:return", answer_id)
    if request.method == "GET":
        return render(request, "reporting/return_upload.html", context)
    try:
        if "payload" in request.POST:
            return _take(request, answer, _from_payload(request, answer))
        file = request.FILES.get("file")
        if file is None:
            raise WrongWorkbook(too_large(request) or "请选择填好的表格。")
        context |= _preview(request, answer, _from_file(request.user, answer, file.read()))
        return render(request, "reporting/return_upload.html", context)
    except Overlap as error:
        context["refused"] = f"{error.by or '他人'}刚刚在网页上改了同样的格，没有采用。请重新上传，核对改动。"
    except ReturnRefused as error:
        context["refused"] = str(error)
    except ReportingError as error:
        context["refused"] = str(error)
    except (WrongWorkbook, ValidationError) as error:
        context["refused"] = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
    return render(request, "reporting/return_upload.html", context, status=422)


def _preview(request: HttpRequest, answer: Return, offered: _Offered) -> dict[str, Any]:
    definition, values = asked_by(answer.round.version).definition, offered.examined.full

    def told(problem: Problem) -> dict[str, str]:
        return {
            "place": place_of(definition, values, problem.address) if problem.address else "整张表",
            "value": offered.cells.get(problem.address, ""),
            "message": problem.message,
            "reason": reason_of(problem, offered.reasons),
        }

    problems = offered.problems()
    soft = [problem for problem in problems if problem.severity is Severity.SOFT]
    unexplained = [problem for problem in soft if not reason_of(problem, offered.reasons)]
    hard = [told(problem) for problem in problems if problem.severity is Severity.HARD]
    return {
        "filled": True,
        "payload": offered.payload(),
        "change_count": len(offered.changes),
        "changes": changes_in_words(definition, values, offered.changes[:MOST_SHOWN]),
        "hard": hard,
        "soft": [told(problem) for problem in soft],
        "submit_label": "" if hard or unexplained else ahead_of_submitting(answer, request.user).label,
    }


def _take(request: HttpRequest, answer: Return, offered: _Offered) -> HttpResponse:
    if request.POST.get("act") == "submit":
        actions.submit_return(
            acting_user=request.user,
            answer_id=answer.pk,
            revision=offered.revision,
            channel=Channel.WORKBOOK,
            values=Values(offered.cells, offered.rows),
            reasons=offered.reasons,
        )
        messages.success(request, submitted_words(answer_or_404(request, answer.pk)))
        return redirect("reporting:return", answer.pk)
    cells: dict[str, str | None] = {change.address: None for change in offered.changes if change.after is None}
    cells |= {
        change.address: offered.cells.get(change.address) for change in offered.changes if change.after is not None
    }
    reasons = {address: text for address, text in offered.reasons.items() if answer.reasons.get(address) != text}
    actions.save_cells(
        acting_user=request.user,
        answer_id=answer.pk,
        cells=cells,
        rows=offered.rows,
        reasons=reasons,
        revision=offered.revision,
    )
    messages.success(request, f"已采用表格中的 {len(offered.changes)} 格，尚未报送。请核对后报送。")
    return redirect("reporting:return", answer.pk)


@require_POST
@login_required
def return_marked(request: HttpRequest, answer_id: int) -> HttpResponse:
    """The uploaded workbook again, with the faulty cells marked and listed."""
    answer = filled_by(request, answer_id)
    try:
        offered = _from_payload(request, answer)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect("reporting:return-upload", answer_id)
    values = Values(offered.examined.full.cells, offered.examined.full.rows)
    sheet = return_sheet(answer, user=request.user)
    data = workbook_of(sheet, values, problems=offered.problems(), reasons=offered.reasons)
    return download(BytesIO(data), file_name(answer, "须更正"))
