"""Pages about the unit register: the tree, one unit with its names, replacing all from files."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from luoshi.apps.administration.forms import (
    ChangeUnitForm,
    NameEndForm,
    NewUnitForm,
    RegisterFiles,
    UnitNameForm,
)
from luoshi.apps.administration.queries import administered_units, search_words
from luoshi.apps.administration.views.access import administrators_only
from luoshi.apps.organisations import actions, queries, register
from luoshi.apps.organisations.models import Unit, UnitKind, UnitName
from luoshi.apps.organisations.policies import EVERYWHERE, administered, covered, require
from luoshi.units import DirectoryError, UnitDirectory

PAGE = 100
#: Units of these many levels are open when the tree is first shown, as long as they are few.
_OPEN_AT_FIRST = 60
_MAX_BYTES = 8 * 2**20


def _reachable(request: HttpRequest) -> QuerySet[Unit]:
    return administered_units(request.user).annotate(name_count=Count("names", distinct=True)).order_by("path")


def _reachable_keys(request: HttpRequest) -> set[str]:
    return set(_reachable(request).order_by().values_list("key", flat=True))


def _tops(request: HttpRequest) -> QuerySet[Unit]:
    paths = administered(request.user)
    units = _reachable(request)
    return units.filter(depth=1) if paths == EVERYWHERE else units.filter(path__in=paths)


@administrators_only
def tree(request: HttpRequest) -> HttpResponse:
    """The register as a tree that opens on demand, or what a search finds."""
    text, kind, state = (request.GET.get(name, "").strip() for name in ("q", "kind", "state"))
    today = timezone.localdate()
    context: dict[str, Any] = {
        "q": text,
        "kind": kind,
        "state": state,
        "kinds": UnitKind.choices,
        "today": today,
        "everywhere": administered(request.user) == EVERYWHERE,
        "total": _reachable(request).count(),
    }
    if text or kind or state:
        found = _reachable(request)
        for word in search_words(text):
            named = UnitName.units.through.objects.filter(unitname__name__icontains=word).values("unit_id")
            found = found.filter(
                Q(name__icontains=word) | Q(short_name__icontains=word) | Q(key__icontains=word) | Q(pk__in=named)
            )
        if kind:
            found = found.filter(kind=kind)
        if state:
            ended = Q(valid_to__lt=today)
            found = found.filter(ended) if state == "ended" else found.exclude(ended)
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        units = list(page.object_list)
        names = _names_above(units)
        context |= {"page": page, "found": [(unit, names[unit.pk]) for unit in units]}
    else:
        context["nodes"] = _opened(request)
    return render(request, "administration/register.html", context)


def _names_above(units: list[Unit]) -> dict[int, str]:
    """For each unit the units above it, from the top, in one query."""
    step = Unit.steplen
    paths = {unit.path[:end] for unit in units for end in range(step, len(unit.path), step)}
    names = dict(Unit.objects.filter(path__in=paths).values_list("path", "short_name"))
    return {unit.pk: " › ".join(names[unit.path[:end]] for end in range(step, len(unit.path), step)) for unit in units}


def _opened(request: HttpRequest) -> list[dict[str, Any]]:
    """The tops with what stands below them, level by level, as long as the whole stays short."""
    rows = list(_tops(request))
    nodes = [{"unit": unit, "below": []} for unit in rows]
    level, shown = nodes, len(nodes)
    while level:
        parents = {node["unit"].path: node for node in level if node["unit"].numchild}
        below = sum(node["unit"].numchild for node in level)
        if not parents or shown + below > _OPEN_AT_FIRST:
            break
        step = Unit.steplen
        depth = level[0]["unit"].depth + 1
        children = [
            {"unit": unit, "below": []}
            for unit in _reachable(request).filter(depth=depth)
            if unit.path[:-step] in parents
        ]
        for child in children:
            parents[child["unit"].path[:-step]]["below"].append(child)
        shown += len(children)
        level = children
    return nodes


@administrators_only
def below(request: HttpRequest, pk: int) -> HttpResponse:
    """The units directly below one: a part of the tree."""
    unit = get_object_or_404(_reachable(request), pk=pk)
    children = _reachable(request).filter(path__startswith=unit.path, depth=unit.depth + 1)
    nodes = [{"unit": child, "below": []} for child in children]
    return render(request, "administration/_units.html", {"nodes": nodes, "today": timezone.localdate()})


def _unit_page(request: HttpRequest, unit: Unit, status: int = 200, **context: Any) -> HttpResponse:
    successors = list(unit.successors.order_by("path"))
    initial = {name: getattr(unit, name) for name in ("name", "short_name", "kind", "valid_from", "valid_to", "note")}
    initial["successors"] = successors
    paths = administered(request.user)
    names = []
    for name in UnitName.objects.filter(units=unit).prefetch_related("units").order_by("valid_from", "pk"):
        units = list(name.units.all())
        others = [other.short_name for other in units if other.pk != unit.pk]
        names.append((name, others, all(covered(other.path, paths) for other in units)))
    defaults = {
        "unit": unit,
        "above": _names_above([unit])[unit.pk],
        "children": unit.numchild,
        "predecessors": list(unit.predecessors.order_by("path")),
        "successors": successors,
        "names": names,
        "form": ChangeUnitForm(initial=initial),
        "name_form": UnitNameForm(),
        "seen": actions.mark_of_unit(unit),
        "today": timezone.localdate(),
    }
    return render(request, "administration/unit.html", defaults | context, status=status)


@administrators_only
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: what it is called, when, and who carries its duties on."""
    row = get_object_or_404(_reachable(request), pk=pk)
    if request.method != "POST":
        return _unit_page(request, row)
    form = ChangeUnitForm(request.POST)
    if form.is_valid():
        fields = dict(form.cleaned_data)
        successors = fields.pop("successors")
        try:
            actions.change_unit(
                acting_user=request.user, unit=row, fields=fields, successors=successors, seen=request.POST.get("seen")
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已保存。")
            return redirect("administration:register-unit", pk)
    # A form that was refused as stale may be sent again: by then the person was told. Any other keeps its mark.
    mark = {} if form.has_error(NON_FIELD_ERRORS, "stale") else {"seen": request.POST.get("seen", "")}
    return _unit_page(request, get_object_or_404(_reachable(request), pk=pk), status=422, form=form, **mark)


@administrators_only
def new_unit(request: HttpRequest) -> HttpResponse:
    """A new unit below ``?parent=``, or at the top."""
    parent_id = request.GET.get("parent", "")
    if parent_id and not (parent_id.isascii() and parent_id.isdigit() and len(parent_id) <= 10):
        raise Http404
    parent = get_object_or_404(_reachable(request), pk=parent_id) if parent_id else None
    require(parent is not None or administered(request.user) == EVERYWHERE, "只有全局系统管理员可以增加顶级单位。")
    form = NewUnitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add_unit(acting_user=request.user, parent=parent, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已增加“{row.name}”。")
            return redirect("administration:register-unit", row.pk)
    context = {"form": form, "parent": parent}
    return render(request, "administration/new_unit.html", context, status=422 if form.errors else 200)


@administrators_only
@require_POST
def add_name(request: HttpRequest, pk: int) -> HttpResponse:
    """A further name of a unit."""
    row = get_object_or_404(_reachable(request), pk=pk)
    form = UnitNameForm(request.POST)
    if form.is_valid():
        try:
            actions.add_unit_name(acting_user=request.user, units=[row], **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已登记名称“{form.cleaned_data['name']}”。")
            return redirect("administration:register-unit", pk)
    return _unit_page(request, row, status=422, name_form=form)


def _own_name(row: Unit, name: int) -> UnitName:
    return get_object_or_404(UnitName, pk=name, units=row)


@administrators_only
@require_POST
def end_name(request: HttpRequest, pk: int, name: int) -> HttpResponse:
    """Say until when a name was used."""
    row = get_object_or_404(_reachable(request), pk=pk)
    form = NameEndForm(request.POST)
    if not form.is_valid():
        messages.error(request, "停用日期有误，应写作 2019-02-05。")
        return redirect("administration:register-unit", pk)
    try:
        actions.end_unit_name(acting_user=request.user, unit_name=_own_name(row, name), **form.cleaned_data)
        messages.success(request, "已保存。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("administration:register-unit", pk)


@administrators_only
@require_POST
def remove_name(request: HttpRequest, pk: int, name: int) -> HttpResponse:
    """Take back a name entered by mistake."""
    row = get_object_or_404(_reachable(request), pk=pk)
    found = _own_name(row, name)
    actions.remove_unit_name(acting_user=request.user, unit_name=found)
    messages.success(request, f"已删除名称“{found.name}”。")
    return redirect("administration:register-unit", pk)


def _download(data: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)


@administrators_only
def units_csv(request: HttpRequest) -> HttpResponse:
    """The tree, as far as the administrator looks after it; the whole is a file that can be read back."""
    keys = _reachable_keys(request)
    return _download(register.units_csv([u for u in queries.directory().units if u.key in keys]), "units.csv")


@administrators_only
def names_csv(request: HttpRequest) -> HttpResponse:
    """The names of those units; who looks after all gets every name, in a file that can be read back."""
    keys, known = _reachable_keys(request), queries.directory().names
    everywhere = administered(request.user) == EVERYWHERE
    names = [name for name in known if everywhere or not keys.isdisjoint(name.keys)]
    return _download(register.names_csv(names), "unit-names.csv")


def _uploaded(request: HttpRequest, form: RegisterFiles) -> tuple[bytes, bytes, tuple[str, str]]:
    units, names = form.cleaned_data["units"], form.cleaned_data["names"]
    for field, upload in (("units", units), ("names", names)):
        if upload.size > _MAX_BYTES:
            raise ValidationError({field: f"文件超过 {_MAX_BYTES // 2**20} MB，不像是单位文件。"})
    return units.read(), names.read(), (units.name, names.name)


@administrators_only
def replace(request: HttpRequest) -> HttpResponse:
    """Replace the register by two files: first what would change, then, asked again, the change."""
    require(administered(request.user) == EVERYWHERE, "只有全局系统管理员可以替换单位库。")
    form = RegisterFiles()
    context: dict[str, Any] = {"units": Unit.objects.count(), "names": UnitName.objects.count()}
    status = 200
    if request.method == "POST" and "confirmed" in request.POST:
        return _replace(request)
    if request.method == "POST":
        form = RegisterFiles(request.POST, request.FILES)
        if form.is_valid():
            try:
                units_file, names_file, sources = _uploaded(request, form)
                context |= _preview(register.read_files(units_file, names_file, sources), units_file, names_file)
            except ValidationError as error:
                form.add_error(None, error)
            except DirectoryError as error:
                context |= {"problems": error.problems[:500], "problem_count": len(error.problems)}
        status = 200 if "changes" in context else 422
    return render(request, "administration/replace_register.html", context | {"form": form}, status=status)


def _preview(directory: UnitDirectory, units_file: bytes, names_file: bytes) -> dict[str, Any]:
    return {
        "changes": actions.compare_units(directory),
        "units_file": base64.b64encode(units_file).decode(),
        "names_file": base64.b64encode(names_file).decode(),
        "token": _token(),
    }


def _token() -> str:
    return str(queries.revision()[0])


def _replace(request: HttpRequest) -> HttpResponse:
    """What was previewed, unless the register changed since."""
    if request.POST.get("token") != _token():
        messages.error(request, "预览之后单位库又有改动，请重新上传并核对变化。")
        return redirect("administration:replace-register")
    try:
        files = [base64.b64decode(request.POST.get(name, ""), validate=True) for name in ("units_file", "names_file")]
        directory = register.read_files(files[0], files[1], ("units.csv", "unit-names.csv"))
    except (binascii.Error, DirectoryError):
        messages.error(request, "预览内容已损坏，请重新上传。")
        return redirect("administration:replace-register")
    changes = actions.load_units(acting_user=request.user, directory=directory)
    messages.success(
        request,
        f"单位库已替换：单位新增 {len(changes.added)}、修改 {len(changes.changed)}、删除 {len(changes.removed)}，"
        f"名称新增 {len(changes.names_added)}、删除 {len(changes.names_removed)}。",
    )
    return redirect("administration:register")
