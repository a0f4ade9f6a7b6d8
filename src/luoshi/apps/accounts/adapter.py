"""How sign-in behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from luoshi.apps.accounts import actions


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: an administrator makes the accounts of a unit."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Passwords are counted by django-axes alone, whose page says when to try again."""

    def set_password(self, user: Any, password: str) -> None:
        """A person's own change of password, written into the journal like every act."""
        actions.set_password(acting_user=user, user=user, password=password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the own settings."""
        return "/profile"
