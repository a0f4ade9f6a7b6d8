"""What the office keeps: chains with their links, groups, enterprises."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.investment import actions, policies, queries
from luoshi.apps.investment.forms import EnterpriseForm, GroupForm
from luoshi.apps.investment.models import Enterprise, Gap, Group, Size, Standing, Tier
from luoshi.apps.investment.views.shared import REFUSALS, revision_of, text_in, told
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.projects.models import Chain
from luoshi.apps.supervision.views.common import page_links, paged


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def chains(request: HttpRequest) -> HttpResponse:
    """All chains; posting makes one with its first link."""
    problem = ""
    if request.method == "POST":
        try:
            sent = request.POST
            link = actions.save_link(
                acting_user=request.user,
                chain=None,
                chain_name=sent.get("chain_name", ""),
                name=sent.get("name", ""),
                tier=sent.get("tier", ""),
                gap=sent.get("gap", ""),
            )
        except REFUSALS as error:
            problem = told(error)
        else:
            messages.success(request, "已建立，请继续添加环节。")
            return redirect("investment:chain", link.chain_id)
    context = {
        "rows": queries.chain_rows() if policies.has_role(request.user) else [],
        "keeps": policies.keeps(request.user),
        "tiers": Tier.choices,
        "gaps": Gap.choices,
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    return render(request, "investment/chains.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def chain(request: HttpRequest, chain_id: int) -> HttpResponse:
    """One chain as a picture and a table; posting changes a link (``act``: save, remove, place)."""
    if not policies.has_role(request.user):
        raise Http404
    found = get_object_or_404(Chain.objects.select_related("lead"), pk=chain_id)
    problem = ""
    if request.method == "POST":
        try:
            _change(request, found)
        except REFUSALS as error:
            problem = told(error)
        else:
            messages.success(request, "已保存。")
            return redirect("investment:chain", found.pk)
    view = queries.chain_view(request.user, found)
    context = {
        "view": view,
        "graph": queries.chain_graph(view),
        "keeps": policies.keeps(request.user),
        "tiers": Tier.choices,
        "gaps": Gap.choices,
        "standings": Standing.choices,
        "enterprises": list(Enterprise.objects.order_by("-pk").values_list("name", flat=True)[:500]),
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    return render(request, "investment/chain.html", context, status=422 if problem else 200)


def _change(request: HttpRequest, chain: Chain) -> None:
    sent = request.POST
    number = number_of(sent.get("link", ""))
    act = sent.get("act", "save")
    if act == "remove":
        actions.remove_link(acting_user=request.user, link_id=_of(chain, number))
    elif act == "place":
        require(policies.keeps(request.user), "只有州级统筹办、牵头单位可以维护。")
        name = " ".join(sent.get("enterprise", "").split())
        enterprise = Enterprise.objects.filter(name=name).first()
        if enterprise is None:
            where = "prefecture" if sent.get("standing") == Standing.PRESENT else "country"
            enterprise = actions.save_enterprise(acting_user=request.user, name=name, where=where)
        actions.place_enterprise(
            acting_user=request.user,
            link_id=_of(chain, number),
            enterprise=enterprise,
            standing=sent.get("standing", ""),
        )
    else:
        order = sent.get("ordinal", "").strip()
        if order and number_of(order) is None:
            raise ValidationError("次序应为数字。")
        actions.save_link(
            acting_user=request.user,
            chain=chain,
            name=sent.get("name", ""),
            tier=sent.get("tier", ""),
            gap=sent.get("gap", ""),
            note=sent.get("note", ""),
            ordinal=number_of(order) if order else None,
            link_id=None if number is None else _of(chain, number),
        )


def _of(chain: Chain, number: int | None) -> int:
    if number is None or not chain.links.filter(pk=number).exists():
        raise ValidationError("请选择环节。")
    return number


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def groups(request: HttpRequest) -> HttpResponse:
    """The groups; posting enters or changes one."""
    keeps = policies.keeps(request.user)
    edited = _group(request) if keeps else None
    initial: dict[str, Any] = {}
    if edited is not None:
        names = ("unit", "lead_unit", "leader", "scope_text", "funds_rule", "is_active")
        initial = {name: getattr(edited, name) for name in names} | {"members": list(edited.members.all())}
    form = GroupForm(request.POST or None, user=request.user, group=edited, initial=initial) if keeps else None
    if request.method == "POST":
        require(keeps, "只有州级统筹办、牵头单位可以维护招商组。")
        assert form is not None
        if form.is_valid():
            try:
                actions.save_group(acting_user=request.user, **form.cleaned_data)
            except REFUSALS as error:
                form.add_error(None, told(error))
            else:
                messages.success(request, "已保存。")
                return redirect("investment:groups")
    context = {"rows": list(queries.group_list(request.user)[:200]), "form": form, "keeps": keeps, "edited": edited}
    return render(request, "investment/groups.html", context, status=422 if form and form.errors else 200)


def _group(request: HttpRequest) -> Group | None:
    number = number_of(request.GET.get("edit", ""))
    return Group.objects.select_related("unit", "lead_unit").filter(pk=number).first() if number else None


@require_safe
@login_required
def enterprises(request: HttpRequest) -> HttpResponse:
    """The enterprises."""
    where, size = request.GET.get("where", ""), request.GET.get("size", "")
    asked = {
        "text": text_in(request, "text"),
        "where": where if where in dict(Enterprise.WHERES) else "",
        "size": size if size in Size.values else "",
    }
    page = paged(request, queries.enterprise_list(request.user, **asked))
    context = {
        "rows": page.object_list,
        "asked": asked,
        "narrows": any(asked.values()),
        "wheres": Enterprise.WHERES,
        "sizes": Size.choices,
        "enters": policies.follows_any(request.user),
        **page_links(request, page),
    }
    return render(request, "investment/enterprises.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def enterprise_new(request: HttpRequest) -> HttpResponse:
    """Enter an enterprise."""
    require(policies.follows_any(request.user), "您不是任何单位的工作人员，不能登记企业。")
    return _enterprise(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def enterprise(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """One enterprise with the leads that the person sees."""
    found = get_object_or_404(policies.visible_enterprises(request.user), pk=enterprise_id)
    return _enterprise(request, found)


def _enterprise(request: HttpRequest, found: Enterprise | None) -> HttpResponse:
    initial: dict[str, Any] = {}
    if found is not None:
        names = ("name", "where", "seat", "size", "chain_role", "note")
        initial = {name: getattr(found, name) for name in names} | {"aliases": "\n".join(found.aliases)}
    form = EnterpriseForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(policies.follows_any(request.user), "您不是任何单位的工作人员，不能登记企业。")
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            saved = actions.save_enterprise(
                acting_user=request.user,
                enterprise_id=found.pk if found else None,
                revision=revision_of(request),
                **(typed | {"aliases": typed["aliases"].splitlines()}),
            )
        except REFUSALS as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, "已保存。")
            return redirect("investment:enterprise", saved.pk)
    leads = []
    if found is not None:
        rows = policies.visible_leads(request.user).filter(enterprise=found, same_as=None)
        leads = list(rows.select_related("unit", "place").order_by("-state_on", "-pk")[:100])
    places = list(found.places.select_related("link__chain")[:50]) if found else []
    context = {
        "form": form,
        "enterprise": found,
        "leads": leads,
        "places": places,
        "enters": policies.follows_any(request.user),
    }
    return render(request, "investment/enterprise.html", context, status=422 if form.errors else 200)
