"""What people type about messages."""

from __future__ import annotations

from typing import Any

from django import forms

from luoshi.apps.notices import kinds
from luoshi.apps.notices.models import Webhook, WebhookStyle
from luoshi.apps.notices.policies import connectable_units
from luoshi.apps.organisations.models import Unit


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

    unit = forms.ModelChoiceField(label="单位", queryset=Unit.objects.none(), to_field_name="key")
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
        # A prefecture has two thousand units; whoever connects a robot types the name or code.
        self.fields["unit"].queryset = connectable_units(user).filter(valid_to=None).order_by("path")
        self.fields["kinds"].choices = kinds.choices()
        if webhook is not None and webhook.secret:
            self.fields["secret"].help_text = "已设置，不改就留空。"
