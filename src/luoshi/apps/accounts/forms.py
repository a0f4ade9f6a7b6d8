"""Forms about the own account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone


class OwnPassword(forms.Form):
    """A new password, against the present one."""

    old = forms.CharField(
        label="现在的密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="新密码",
        strip=False,
        help_text="至少 8 个字符，不用常见密码，不与用户名相近。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输一次新密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        """The present password must be right."""
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise forms.ValidationError("现在的密码不对。")
        return old

    def clean(self) -> dict[str, Any]:
        """Both new ones must agree."""
        values = super().clean() or {}
        if values.get("new") and values.get("again") and values["new"] != values["again"]:
            self.add_error("again", "两次输入的新密码不一致。")
        return values


class NewToken(forms.Form):
    """What a token is for and how long it works."""

    name = forms.CharField(label="用途", max_length=60, help_text="哪个程序使用，如“州级数据平台取数”。")
    days = forms.TypedChoiceField(
        label="有效期",
        coerce=int,
        choices=((30, "30 天"), (90, "90 天"), (365, "一年"), (0, "长期有效")),
        initial=90,
    )

    def expires_at(self) -> dt.datetime | None:
        """When it stops working."""
        days = self.cleaned_data["days"]
        return timezone.now() + dt.timedelta(days=days) if days else None
