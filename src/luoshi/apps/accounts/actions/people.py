"""Making, changing and stopping accounts."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from luoshi.apps.accounts.actions.stale import mark_of, require_unchanged
from luoshi.apps.accounts.actions.tokens import revoked
from luoshi.apps.accounts.lockout import forget_failures
from luoshi.apps.accounts.models import ApiToken, User
from luoshi.apps.accounts.policies import require_create, require_manage
from luoshi.apps.journal.actions import Act, record

_FIELDS = ("username", "display_name", "phone", "email")
#: Neither 0 and O nor 1, l and I: passwords are read aloud and copied from paper.
_LEGIBLE = "23456789abcdefghjkmnpqrstuvwxyz"
_NEW_PASSWORD_LENGTH = 14


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account to be made."""

    username: str
    display_name: str
    phone: str = ""
    email: str = ""


def new_password() -> str:
    """A random password of 69 bits, easy to read out."""
    return "".join(secrets.choice(_LEGIBLE) for _ in range(_NEW_PASSWORD_LENGTH))


def mark_of_person(user: User) -> str:
    """A mark of the fields that a form changes; see ``change_person``."""
    return mark_of(_described(user))


def _described(user: User) -> dict[str, Any]:
    return {field: getattr(user, field) for field in _FIELDS}


@contextmanager
def _names_still_free() -> Iterator[None]:
    """Around a write of user names: one that somebody else has taken since it was checked is a ``ValidationError``."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        # Nothing else can fail here: the other fields are checked, and a new account refers to no other row.
        raise ValidationError({"username": "用户名刚刚被他人使用，请换一个。"}) from error


def _check(user: User) -> None:
    """Raise ``ValidationError`` by field for what is wrong with an account's own fields."""
    for field in _FIELDS:
        setattr(user, field, getattr(user, field).strip())
    errors: dict[str, list[Any]] = {}
    try:
        user.clean_fields(exclude=[f.name for f in User._meta.fields if f.name not in _FIELDS])
    except ValidationError as error:
        errors = error.error_dict
    # Two names that differ only in case could sign in for one another.
    twins = User.objects.filter(username__iexact=user.username).exclude(pk=user.pk)
    if "username" not in errors and twins.exists():
        errors["username"] = [ValidationError(f"用户名“{user.username}”已被使用。")]
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def create_user(
    *,
    acting_user: Any,
    username: str,
    display_name: str,
    password: str,
    phone: str = "",
    email: str = "",
    is_active: bool = True,
) -> User:
    """Make an account without any role yet. Raises ``ValidationError`` by field."""
    require_create(acting_user)
    user = User(username=username, display_name=display_name, phone=phone, email=email, is_active=is_active)
    _check(user)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.error_list}) from error
    user.set_password(password)
    with _names_still_free():
        user.save()
    record(acting_user=acting_user, acts=[Act(action="新增人员", target=user, after=_described(user))])
    return user


@transaction.atomic
def create_users(*, acting_user: Any, people: Sequence[NewPerson]) -> list[tuple[User, str]]:
    """Make many accounts at once, each with a random password, given in clear beside it in the order asked.

    Raises ``ValidationError`` for the first person whose fields are wrong; then none is made.
    """
    require_create(acting_user)
    users = [User(username=p.username, display_name=p.display_name, phone=p.phone, email=p.email) for p in people]
    taken = set(User.objects.annotate(lower=Lower("username")).values_list("lower", flat=True))
    passwords = []
    # A hash is slow so that weak passwords cannot be tried out. These are random with 69 bits, and 15,000 slow hashes
    # would take an hour; Django replaces the hash by a slow one when the person first signs in.
    hasher = PBKDF2PasswordHasher()
    for user in users:
        user.clean_fields(exclude=[f.name for f in User._meta.fields if f.name not in _FIELDS])
        if user.username.lower() in taken:
            raise ValidationError({"username": f"用户名“{user.username}”已被使用。"})
        taken.add(user.username.lower())
        passwords.append(new_password())
        user.password = hasher.encode(passwords[-1], hasher.salt(), iterations=1000)
    with _names_still_free():
        User.objects.bulk_create(users, batch_size=400)
    acts = [Act(action="新增人员", target=user, after=_described(user)) for user in users]
    record(acting_user=acting_user, acts=acts)
    return list(zip(users, passwords, strict=True))


@transaction.atomic
def change_person(*, acting_user: Any, user: User, fields: Mapping[str, str], seen: str | None = None) -> User:
    """Change some of ``_FIELDS``. Raises ``ValidationError`` by field, or where the person was changed after the form
    was opened (``seen``: ``mark_of_person`` of that time)."""
    require_manage(acting_user, user)
    user = User.objects.select_for_update().get(pk=user.pk)
    before = _described(user)
    require_unchanged(seen, before)
    for field in _FIELDS:
        if field in fields:
            setattr(user, field, fields[field])
    _check(user)
    after = _described(user)
    changed = [field for field in _FIELDS if after[field] != before[field]]
    if changed:
        with _names_still_free():
            user.save(update_fields=changed)
        act = Act(
            action="修改人员",
            target=user,
            before={field: before[field] for field in changed},
            after={field: after[field] for field in changed},
        )
        record(acting_user=acting_user, acts=[act])
    return user


@transaction.atomic
def set_password(*, acting_user: Any, user: User, password: str) -> None:
    """Give an account a new password (everyone may for the own one); a lock-out after failed sign-ins ends.

    When another than the owner does it, the account may be in wrong hands: its tokens end as well.
    Raises ``ValidationError`` for a password too weak.
    """
    require_manage(acting_user, user, or_self=True)
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=("password",))
    forget_failures(user.username)
    own = acting_user is not None and acting_user.pk == user.pk
    acts = [Act(action="修改密码" if own else "重置密码", target=user)]
    if not own:
        acts += revoked(ApiToken.objects.filter(user=user))
    record(acting_user=acting_user, acts=acts)


@transaction.atomic
def reset_second_factor(*, acting_user: Any, user: User) -> int:
    """Take all second factors off an account whose owner lost them; gives how many there were."""
    require_manage(acting_user, user)
    kinds = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if kinds:
        Authenticator.objects.filter(user=user).delete()
        act = Act(action="取消两步验证", target=user, before={"second_factors": kinds})
        record(acting_user=acting_user, acts=[act])
    return len(kinds)


def deactivate(*, acting_user: Any, user: User) -> None:
    """Stop an account: nobody can sign in with it, its tokens no longer work; what it did stays."""
    if acting_user is not None and acting_user.pk == user.pk:
        raise ValidationError("不能停用自己的账号。")
    _set_active(acting_user, user, False)


def activate(*, acting_user: Any, user: User) -> None:
    """Let a stopped account work again."""
    _set_active(acting_user, user, True)


@transaction.atomic
def _set_active(acting_user: Any, user: User, active: bool) -> None:
    require_manage(acting_user, user)
    changed = User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active)
    user.is_active = active
    if changed:
        act = Act(
            action="启用账号" if active else "停用账号",
            target=user,
            before={"is_active": not active},
            after={"is_active": active},
        )
        record(acting_user=acting_user, acts=[act])
