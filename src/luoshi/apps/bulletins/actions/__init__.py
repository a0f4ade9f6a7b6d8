"""Every write of this app."""

from luoshi.apps.bulletins.actions.drawing import draw_bulletin, edit_texts, redraw_bulletin
from luoshi.apps.bulletins.actions.steps import (
    check_bulletin,
    issue_bulletin,
    publish_bulletin,
    read_bulletin,
    send_bulletin_back,
    sign_bulletin,
    unpublish_bulletin,
    withdraw_bulletin,
)
from luoshi.apps.bulletins.actions.templates import drop_template, upload_template

__all__ = (
    "check_bulletin",
    "draw_bulletin",
    "drop_template",
    "edit_texts",
    "issue_bulletin",
    "publish_bulletin",
    "read_bulletin",
    "redraw_bulletin",
    "send_bulletin_back",
    "sign_bulletin",
    "unpublish_bulletin",
    "upload_template",
    "withdraw_bulletin",
)
