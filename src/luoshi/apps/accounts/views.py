"""Pages about the own account."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from luoshi.apps.accounts import actions
from luoshi.apps.accounts.forms import NewToken, OwnPassword
from luoshi.apps.accounts.models import ApiToken
from luoshi.apps.accounts.second_factor import kinds_of


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    user: Any = request.user
    defaults = {
        # The reverse relation belongs to organisations, which stands above this app.
        "memberships": user.memberships.select_related("unit").order_by("unit__path", "role"),
        "tokens": ApiToken.objects.filter(user=user).order_by(F("revoked_at").asc(nulls_first=True), "-created_at"),
        "factors": kinds_of(user),
        "password_form": OwnPassword(user=user),
        "token_form": NewToken(),
        "now": timezone.now(),
    }
    return render(request, "accounts/profile.html", defaults | context, status=status)


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """My roles, my password, my second factor, my tokens."""
    return _page(request)


@sensitive_post_parameters("old", "new", "again")
@login_required
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the own password; the session goes on, all others end."""
    if not ratelimit.consume(request, action="change_password", user=request.user):
        messages.error(request, "修改密码的次数太多，请过一会儿再试。")
        return _page(request, status=429)
    form = OwnPassword(request.POST, user=request.user)
    if form.is_valid():
        try:
            actions.set_password(acting_user=request.user, user=request.user, password=form.cleaned_data["new"])
        except ValidationError as error:
            form.add_error("new", error)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, "密码已修改。其他电脑上的登录已失效。")
            return redirect("accounts:profile")
    return _page(request, status=422, password_form=form)


@never_cache
@login_required
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """Make a token; its secret stands on the answer and nowhere else."""
    form = NewToken(request.POST)
    if not form.is_valid():
        return _page(request, status=422, token_form=form)
    name = form.cleaned_data["name"]
    secret = actions.issue_token(acting_user=request.user, user=request.user, name=name, expires_at=form.expires_at())
    return _page(request, new_secret=secret, new_name=name)


@login_required
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop one of the own tokens."""
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    actions.revoke_token(acting_user=request.user, token=token)
    messages.success(request, f"接口令牌“{token.name}”已停用。")
    return redirect("accounts:profile")
