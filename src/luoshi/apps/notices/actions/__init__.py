"""Every write of this app."""

from luoshi.apps.notices.actions.delivering import deliver_due
from luoshi.apps.notices.actions.settings import mark_read, save_setting, settle
from luoshi.apps.notices.actions.telling import Message, announce, notify, notify_each
from luoshi.apps.notices.actions.webhooks import save_webhook, try_webhook

__all__ = [
    "Message",
    "announce",
    "deliver_due",
    "mark_read",
    "notify",
    "notify_each",
    "save_setting",
    "save_webhook",
    "settle",
    "try_webhook",
]
