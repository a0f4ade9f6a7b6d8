"""Every write of accounts and tokens."""

from luoshi.apps.accounts.actions.mail import set_email
from luoshi.apps.accounts.actions.people import (
    NewPerson,
    activate,
    change_person,
    create_user,
    create_users,
    deactivate,
    mark_of_person,
    new_password,
    reset_second_factor,
    set_password,
)
from luoshi.apps.accounts.actions.stale import mark_of, require_unchanged
from luoshi.apps.accounts.actions.tokens import authenticate_token, issue_token, revoke_token

__all__ = [
    "NewPerson",
    "activate",
    "authenticate_token",
    "change_person",
    "create_user",
    "create_users",
    "deactivate",
    "issue_token",
    "mark_of",
    "mark_of_person",
    "new_password",
    "require_unchanged",
    "reset_second_factor",
    "revoke_token",
    "set_email",
    "set_password",
]
