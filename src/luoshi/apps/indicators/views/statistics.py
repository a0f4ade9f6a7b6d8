"""Official statistics: files taken in, and how their columns are read."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.apps.indicators import actions
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.guessing import ALIKE, alike, plain
from luoshi.apps.indicators.models import ColumnMapping, Indicator, Observation
from luoshi.apps.indicators.policies import editable_indicators, owners, visible_imports, visible_mappings
from luoshi.apps.indicators.sheets import MAX_BYTES, read_table
from luoshi.apps.indicators.statistics import LONG, USUAL_TOTALS, WIDE, Reading, StatisticsRefused, read_statistics
from luoshi.apps.indicators.views.common import keeper_page, number_in
from luoshi.apps.intake.receiving import BoundedUpload
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.models import Unit
from luoshi.documents.table_file import TableFile, headings
from luoshi.periods import Cadence, Period

_SALT = "indicators.statistics"
_AGE = 24 * 3600
_STAGED = "statistics/staged"
_PREVIEW = 8
_MOST_COLUMNS = 60
_INDICATOR = "i:"


@require_safe
@keeper_page
def statistics(request: HttpRequest) -> HttpResponse:
    """What was taken in, and the saved column mappings."""
    rows = visible_imports(request.user).select_related("imported_by", "owner")
    return render(
        request,
        "indicators/statistics.html",
        {
            "page": Paginator(rows, 50).get_page(number_in(request.GET, "page")),
            "page_address": "?page=",
            "mappings": visible_mappings(request.user).select_related("owner", "created_by").order_by("name")[:200],
        },
    )


@csrf_exempt  # the file handler must be set before the token is looked for in the body; _receive checks it
@require_http_methods(["GET", "POST"])
def statistics_new(request: HttpRequest) -> HttpResponse:
    """GET: choose a file; POST: keep it aside and go on to its columns."""
    if request.method == "POST":
        handler = BoundedUpload(MAX_BYTES, request)
        request.upload_handlers.insert(0, handler)
        return _receive(request, handler)
    return _new(request)


@keeper_page
def _new(request: HttpRequest, error: str = "") -> HttpResponse:
    return render(
        request,
        "indicators/statistics_new.html",
        {
            "error": error,
            "owner": _typed_owner(request),
            "mappings": visible_mappings(request.user).select_related("owner").order_by("name")[:200],
            "limit": MAX_BYTES // 2**20,
        },
        status=422 if error else 200,
    )


def _typed_owner(request: HttpRequest) -> Unit | str | None:
    """What stands in the field: what was typed, else the first unit for which the person keeps indicators."""
    return request.POST.get("owner", "") or owners(request.user).order_by("path").first()


def _clear_staged() -> None:
    """Take away files that nobody went on with."""
    if not default_storage.exists(_STAGED):
        return
    old = timezone.now() - dt.timedelta(seconds=2 * _AGE)
    for name in default_storage.listdir(_STAGED)[1]:
        if default_storage.get_modified_time(f"{_STAGED}/{name}") < old:
            default_storage.delete(f"{_STAGED}/{name}")


@csrf_protect
@keeper_page
def _receive(request: HttpRequest, handler: BoundedUpload) -> HttpResponse:
    file = request.FILES.get("file")
    if handler.too_large:
        return _new(request, f"文件超过 {MAX_BYTES // 2**20} MB，请分成几个文件。")
    if file is None:
        return _new(request, "请选择文件。")
    data = file.read()
    try:
        owner = find_unit(request.POST.get("owner", ""), owners(request.user))
        read_table(data)
    except UnknownUnit as unknown:
        return _new(request, f"为哪个单位导入：{unknown}。")
    except IndicatorError as refused:
        return _new(request, str(refused))
    _clear_staged()
    path = default_storage.save(f"{_STAGED}/{uuid.uuid4().hex}", ContentFile(data))
    token = signing.dumps({"path": path, "name": file.name[-200:], "user": request.user.pk}, salt=_SALT)
    query = {"file": token, "owner": owner.key, "mapping": request.POST.get("mapping", "")}
    return redirect(f"{reverse('indicators:statistics-map')}?{urlencode(query)}")


def _staged(request: HttpRequest, token: str) -> tuple[str, bytes]:
    """The name and the bytes of a file that this person uploaded within the last day."""
    try:
        known = signing.loads(token, salt=_SALT, max_age=_AGE)
    except signing.BadSignature as error:
        raise Http404 from error
    if known["user"] != request.user.pk or not default_storage.exists(known["path"]):
        raise Http404
    with default_storage.open(known["path"]) as handle:
        return known["name"], handle.read()


def _guess(name: str, known: list[tuple[str, Indicator]]) -> str:
    """What a column of this heading probably is."""
    text = plain(name)
    if text in ("单位", "单位名称", "县市", "县（市）", "地区", "州县市", "县市区", "填报单位", "行政区划", "县"):
        return "unit"
    if text in ("期别", "月份", "时间", "报告期", "年月", "统计期", "年份", "季度"):
        return "period"
    if text in ("指标", "指标名称"):
        return "indicator"
    if text in ("数值", "数据", "值", "本期数"):
        return "value"
    scored = [(alike(text, other), row) for other, row in known]
    best = max(scored, key=lambda pair: pair[0], default=None)
    return f"{_INDICATOR}{best[1].key}" if best and best[0] >= ALIKE else ""


def _from_saved(reading: Reading, names: list[str]) -> dict[str, str]:
    """What each column is by a saved mapping."""
    found = {name: f"{_INDICATOR}{key}" for name, key in reading.columns.items() if name in names}
    for what in ("unit", "period", "indicator", "value"):
        name = getattr(reading, what)
        if name in names:
            found[name] = what
    return found


def _from_post(request: HttpRequest, names: list[str], header: int, sheet: str) -> Reading:
    chosen = {name: request.POST.get(f"column-{at}", "") for at, name in enumerate(names)}
    parts: dict[str, Any] = dict.fromkeys(("unit", "period", "indicator", "value"), "")
    for name, what in chosen.items():
        if what in parts and not parts[what]:
            parts[what] = name
    columns = {name: what.removeprefix(_INDICATOR) for name, what in chosen.items() if what.startswith(_INDICATOR)}
    ignored = [one for one in request.POST.get("ignored", "").replace(",", "、").replace("，", "、").split("、") if one]
    return Reading(
        layout=LONG if parts["indicator"] else WIDE,
        header_row=header,
        columns={} if parts["indicator"] else columns,
        ignored=tuple(one.strip() for one in ignored[:50]),
        dashes_blank=bool(request.POST.get("dashes_blank")),
        sheet=sheet,
        **parts,
    )


def _period_text(request: HttpRequest) -> str:
    return request.POST.get("fixed_period", "").strip()[:20]


def _recent_periods() -> list[Period]:
    """Periods of which figures usually come: the last months, quarters, years."""
    today = timezone.localdate()
    found = []
    for cadence, count in ((Cadence.MONTHLY, 15), (Cadence.QUARTERLY, 6), (Cadence.YEARLY, 5)):
        period = Period.containing(today, cadence)
        for _ in range(count):
            found.append(period)
            period = period.previous()
    return found


@require_http_methods(["GET", "POST"])
@keeper_page
def statistics_map(request: HttpRequest) -> HttpResponse:
    """The first rows of a file, what each of its columns is, and then the import."""
    given = request.POST if request.method == "POST" else request.GET
    token = given.get("file", "")
    name, data = _staged(request, token)
    owner = owners(request.user).filter(key=given.get("owner", "")).first()
    owner = owner or owners(request.user).order_by("path").first()
    if owner is None:
        raise Http404
    saved = visible_mappings(request.user).filter(pk=number_in(given, "mapping", 0)).first()
    reading = Reading.from_json(saved.mapping) if saved else None
    table = read_table(data, given.get("sheet", "") or (reading.sheet if reading else ""))
    header = number_in(given, "header", 0) or (reading.header_row if reading else table.guess_header())
    names = headings(table.row(header), min(table.width, _MOST_COLUMNS))
    mine = list(editable_indicators(request.user).filter(merged_into=None, is_active=True).order_by("name", "pk"))
    problems: tuple[Any, ...] = ()
    checked = None
    error = ""
    if request.method == "POST":
        reading = _from_post(request, names, header, table.sheet)
        try:
            if request.POST.get("act") == "check":
                checked = read_statistics(table, reading, period=_period_text(request), user=request.user)
            else:
                return _import(request, owner, name, data, reading)
        except StatisticsRefused as refused:
            problems, error = refused.problems, str(refused)
        except IndicatorError as refused:
            error = str(refused)
    known = [(plain(row.name), row) for row in mine]
    if reading is not None:
        chosen = _from_saved(reading, names)
    else:
        chosen = {name: _guess(name, known) for name in names}
    same = actions.same_file(data, owner)
    return render(
        request,
        "indicators/statistics_map.html",
        {
            "file": token,
            "name": name,
            "owner": owner,
            "saved": saved,
            "table": table,
            "header": header,
            "headers": [number for number, _ in table.rows[:12]],
            "columns": [(at, one, chosen.get(one, "")) for at, one in enumerate(names)],
            "preview": _preview(table, header, len(names)),
            "row_count": sum(1 for number, _ in table.rows if number > header),
            "more_columns": max(0, table.width - len(names)),
            "no_figures": not any(one == "value" or one.startswith("i:") for one in chosen.values()),
            "indicators": mine,
            "periods": _recent_periods(),
            "fixed_period": _period_text(request) if request.method == "POST" else "",
            "ignored": "、".join(reading.ignored) if reading else USUAL_TOTALS,
            "dashes_blank": reading.dashes_blank if reading else False,
            "save_as": request.POST.get("save_as", saved.name if saved else ""),
            "problems": problems,
            "error": error,
            "checked": checked,
            "same": same,
        },
        status=422 if error else 200,
    )


def _preview(table: TableFile, header: int, width: int) -> list[tuple[int, list[str]]]:
    rows = [(number, cells) for number, cells in table.rows if number > header][:_PREVIEW]
    return [(number, [*cells[:width], *[""] * (width - len(cells))]) for number, cells in rows]


def _import(request: HttpRequest, owner: Unit, name: str, data: bytes, reading: Reading) -> HttpResponse:
    done = actions.import_statistics(
        acting_user=request.user, data=data, name=name, owner=owner, mapping=reading, period=_period_text(request)
    )
    if save_as := request.POST.get("save_as", "").strip():
        actions.save_mapping(acting_user=request.user, owner=owner, name=save_as, mapping=reading)
    messages.success(request, f"已导入“{name}”。")
    return redirect("indicators:statistics-result", done.pk)


@require_safe
@keeper_page
def statistics_result(request: HttpRequest, import_id: int) -> HttpResponse:
    """What came of an import."""
    rows = visible_imports(request.user).select_related("owner", "imported_by")
    done = get_object_or_404(rows, pk=import_id)
    values = Observation.objects.order_by().filter(origin="import", origin_id=done.pk)
    counts = values.aggregate(all=Count("pk"), current=Count("pk", filter=Q(superseded_at=None)))
    indicators = Indicator.objects.filter(pk__in=values.values("indicator_id"))
    return render(
        request,
        "indicators/statistics_result.html",
        {
            "done": done,
            "counts": counts,
            "indicators": indicators[:60],
            "periods": [Period.parse(text) for text in sorted(values.values_list("period", flat=True).distinct()[:60])],
        },
    )


@require_safe
@keeper_page
def statistics_file(request: HttpRequest, import_id: int) -> FileResponse:
    """The file as it was uploaded."""
    done = get_object_or_404(visible_imports(request.user), pk=import_id)
    return FileResponse(done.file.open("rb"), as_attachment=True, filename=done.name)


@require_POST
@keeper_page
def statistics_withdraw(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take back what an import brought."""
    done = get_object_or_404(visible_imports(request.user).select_related("owner"), pk=import_id)
    try:
        count = actions.withdraw_import(
            acting_user=request.user, statistics=done, reason=request.POST.get("reason", "")
        )
    except IndicatorError as refused:
        messages.error(request, str(refused), extra_tags="danger")
    else:
        messages.success(request, f"已撤回 {count} 个数，以往的记录仍可查。")
    return redirect("indicators:statistics-result", done.pk)


@require_POST
@keeper_page
def mapping_delete(request: HttpRequest, mapping_id: int) -> HttpResponse:
    """Forget a saved mapping."""
    row: ColumnMapping = get_object_or_404(visible_mappings(request.user).select_related("owner"), pk=mapping_id)
    actions.delete_mapping(acting_user=request.user, mapping=row)
    messages.success(request, f"已删除列对应“{row.name}”。")
    return redirect("indicators:statistics")
