"""Pages about people: the list, one person, many people from a file."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from luoshi.apps.accounts import actions as accounts
from luoshi.apps.accounts.models import ApiToken, User
from luoshi.apps.accounts.policies import may_manage
from luoshi.apps.accounts.second_factor import kinds_of
from luoshi.apps.administration import actions, people_file, queries
from luoshi.apps.administration.forms import GrantForm, NewPersonForm, PeopleFile, PeopleFilter, PersonForm
from luoshi.apps.administration.views.access import administrators_only
from luoshi.apps.organisations import actions as organisations
from luoshi.apps.organisations.models import Membership
from luoshi.apps.organisations.policies import administered, covered
from luoshi.site.workbooks import XLSX

PAGE = 100


@administrators_only
def people(request: HttpRequest) -> HttpResponse:
    """The list, by name, unit, role and state."""
    form = PeopleFilter(request.GET, user=request.user)
    form.is_valid()
    chosen = form.cleaned_data
    role = chosen.get("role", "")
    found = queries.people(
        request.user,
        text=chosen.get("q", ""),
        unit=chosen.get("unit"),
        unassigned=role == queries.NO_UNIT,
        role=role,
        active=chosen.get("active", ""),
    )
    if form.errors:
        found = found.none()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "filtered": any(request.GET.get(name) for name in form.fields)}
    return render(request, "administration/people.html", context)


@administrators_only
def new_person(request: HttpRequest) -> HttpResponse:
    """A new person; the first password stands on the answer."""
    form = NewPersonForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            user, password = actions.add_person(acting_user=request.user, **values)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _person_page(request, user, new_password=password, made=True)
    return render(request, "administration/new_person.html", {"form": form}, status=422 if form.errors else 200)


def _person_page(request: HttpRequest, person: User, status: int = 200, **context: Any) -> HttpResponse:
    paths = administered(request.user)
    memberships = list(Membership.objects.filter(user=person).select_related("unit").order_by("unit__path", "role"))
    defaults = {
        "person": person,
        "memberships": [(row, covered(row.unit.path, paths)) for row in memberships],
        "manages": may_manage(request.user, person),
        "is_self": person.pk == request.user.pk,
        "factors": kinds_of(person),
        "tokens": ApiToken.objects.filter(user=person, revoked_at=None).order_by("-created_at"),
        "form": PersonForm(
            initial={name: getattr(person, name) for name in ("username", "display_name", "phone", "email")}
        ),
        "grant_form": GrantForm(user=request.user),
        "seen": accounts.mark_of_person(person),
    }
    response = render(request, "administration/person.html", defaults | context, status=status)
    if "new_password" in context:
        response["Cache-Control"] = "no-store"
    return response


def _seen(request: HttpRequest, form: PersonForm) -> dict[str, str]:
    return {} if form.has_error(NON_FIELD_ERRORS, "stale") else {"seen": request.POST.get("seen", "")}


def _visible(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(queries.visible_people(request.user), pk=pk)


@administrators_only
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: fields, roles, password, state."""
    user = _visible(request, pk)
    if request.method == "POST":
        form = PersonForm(request.POST)
        if form.is_valid():
            try:
                accounts.change_person(
                    acting_user=request.user, user=user, fields=form.cleaned_data, seen=request.POST.get("seen")
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, "已保存。")
                return redirect("administration:person", pk)
        # A form that was refused as stale may be sent again: by then the person was told. Any other keeps its mark.
        return _person_page(request, User.objects.get(pk=pk), status=422, form=form, **_seen(request, form))
    return _person_page(request, user)


@administrators_only
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role."""
    user = _visible(request, pk)
    form = GrantForm(request.POST, user=request.user)
    if not form.is_valid():
        return _person_page(request, user, status=422, grant_form=form)
    row = organisations.grant_membership(acting_user=request.user, user=user, **form.cleaned_data)
    messages.success(request, f"已授予：{row.unit} {row.get_role_display()}。")
    return redirect("administration:person", pk)


@administrators_only
@require_POST
def revoke(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """Take a role away."""
    user = _visible(request, pk)
    row = get_object_or_404(Membership.objects.select_related("unit", "user"), pk=membership, user=user)
    organisations.revoke_membership(acting_user=request.user, membership=row)
    messages.success(request, f"已取消：{row.unit} {row.get_role_display()}。")
    if queries.visible_people(request.user).filter(pk=pk).exists():
        return redirect("administration:person", pk)
    return redirect("administration:people")


@never_cache
@administrators_only
@require_POST
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a new random password, which stands on the answer and nowhere else."""
    user = _visible(request, pk)
    password = accounts.new_password()
    accounts.set_password(acting_user=request.user, user=user, password=password)
    return _person_page(request, user, new_password=password)


@administrators_only
@require_POST
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take off second factors that were lost."""
    count = accounts.reset_second_factor(acting_user=request.user, user=_visible(request, pk))
    messages.success(request, "已取消两步验证，此人凭密码即可登录。" if count else "此人没有启用两步验证。")
    return redirect("administration:person", pk)


@administrators_only
@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an account or let it work again."""
    user = _visible(request, pk)
    try:
        if request.POST.get("active") == "yes":
            accounts.activate(acting_user=request.user, user=user)
            messages.success(request, f"“{user}”的账号已启用。")
        else:
            accounts.deactivate(acting_user=request.user, user=user)
            messages.success(request, f"“{user}”的账号已停用，不能再登录；其经办记录保留。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("administration:person", pk)


@administrators_only
@require_POST
def revoke_token(request: HttpRequest, pk: int, token: int) -> HttpResponse:
    """Stop someone's token."""
    row = get_object_or_404(ApiToken.objects.select_related("user"), pk=token, user=_visible(request, pk))
    accounts.revoke_token(acting_user=request.user, token=row)
    messages.success(request, f"接口令牌“{row.name}”已停用。")
    return redirect("administration:person", pk)


@never_cache
@administrators_only
def import_people(request: HttpRequest) -> HttpResponse:
    """Many people from a file: all of them or none."""
    posted = request.method == "POST"
    form = PeopleFile(request.POST, request.FILES) if posted else PeopleFile()
    problems: tuple[actions.RowProblem, ...] = ()
    if posted and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > people_file.MAX_BYTES:
                raise people_file.UnreadableFile(f"文件超过 {people_file.MAX_BYTES // 2**20} MB，请分成几个文件。")
            rows = people_file.read(upload.read())
            made = actions.import_people(acting_user=request.user, rows=rows, today=timezone.localdate())
        except people_file.UnreadableFile as error:
            form.add_error("file", str(error))
        except actions.RejectedFile as error:
            problems = error.problems
        else:
            return _imported(request, made)
    context = {"form": form, "problems": problems[:500], "problem_count": len(problems), "example": people_file.COLUMNS}
    return render(request, "administration/import_people.html", context, status=422 if form.errors or problems else 200)


def _imported(request: HttpRequest, made: list[actions.Imported]) -> HttpResponse:
    """The first passwords as a table and, for all, as a workbook inside the page: nothing of it is stored."""
    rows = [(row.name, row.username, row.units, row.password) for row in made]
    book = people_file.workbook(("姓名", "用户名", "单位", "初始密码"), rows, (16, 20, 36, 20))
    context = {
        "made": made[:100],
        "count": len(made),
        "workbook": f"data:{XLSX};base64,{base64.b64encode(book).decode()}",
    }
    return render(request, "administration/imported_people.html", context)


@administrators_only
def people_template(request: HttpRequest) -> HttpResponse:
    """The empty sheet to fill in."""
    return HttpResponse(
        people_file.template(),
        content_type=XLSX,
        headers={"Content-Disposition": "attachment; filename*=UTF-8''%E4%BA%BA%E5%91%98%E6%A8%A1%E6%9D%BF.xlsx"},
    )
