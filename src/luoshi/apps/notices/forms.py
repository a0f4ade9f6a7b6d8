"""What people type about messages."""

from __future__ import annotations

from typing import Any

from django import forms

from luoshi.apps.notices import kinds
from luoshi.apps.notices.models import Webhook, WebhookStyle
from luoshi.apps.organisations.fields import UnitField


class SettingForm(forms.Form):
    """What comes by e-mail."""

    email = forms.CharField(label="邮箱", required=False, max_length=254)
    by_mail = forms.BooleanField(label="消息同时发到邮箱", required=False)
    mailed = forms.MultipleChoiceField(label="哪些消息发邮件", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mailed"].choices = kinds.choices()


class WebhookForm(forms.Form):
    """A robot."""

    unit = UnitField(label="单位", scope="notices.connectable", help_text="发这个单位及其下级的消息。")
    name = forms.CharField(label="名称", max_length=60)
    style = forms.ChoiceField(label="格式", choices=WebhookStyle.choices)
    url = forms.CharField(label="地址", max_length=500, help_text="在群里添加机器人后，把它给出的地址粘贴到这里。")
    secret = forms.CharField(
        label="密钥", max_length=120, required=False, help_text="机器人的加签密钥；企业微信没有，可以不填。"
    )
    kinds = forms.MultipleChoiceField(label="发哪些消息", required=False, help_text="一个也不选就是全部。")
    is_active = forms.BooleanField(label="启用", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, webhook: Webhook | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer_to(user, keeping=[webhook.unit] if webhook is not None else ())
        self.fields["kinds"].choices = kinds.choices()
        if webhook is not None and webhook.secret:
            self.fields["secret"].help_text = "已设置，不改就留空。"
