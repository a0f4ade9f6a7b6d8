"""A person's own e-mail address."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from luoshi.apps.accounts.models import User
from luoshi.apps.accounts.policies import require_manage
from luoshi.apps.journal.actions import Act, record


def set_email(*, acting_user: User | None, user: User, email: str) -> None:
    """Change the address to which messages go; empty for none. ``ValidationError`` by field."""
    require_manage(acting_user, user, or_self=True)
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        before, row.email = row.email, email.strip()
        if before == row.email:
            return
        try:
            row.clean_fields(exclude=[field.name for field in User._meta.fields if field.name != "email"])
        except ValidationError as error:
            raise ValidationError({"email": "这不是邮箱地址，应写作 name@example.cn。"}) from error
        row.save(update_fields=("email",))
        user.email = row.email
        change = Act(action="修改邮箱", target=row, before={"email": before}, after={"email": row.email})
        record(acting_user=acting_user, acts=[change])
