"""One message out of the site: e-mail, or an HTTP request that the receiver can check.

The generic body is JSON; ``X-Luoshi-Signature: t=<unix seconds>,v1=<hex>`` holds HMAC-SHA256 of ``<t>.<body>``. The
chat robots have bodies and signatures of their own, as their makers document them (企业微信 none; 钉钉 ``timestamp``
and ``sign`` in the address; 飞书 in the body).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

from luoshi.apps.notices.models import Webhook, WebhookStyle

SECONDS = 5.0


class NotSent(Exception):
    """The message did not arrive; the text says why, in Chinese, without secrets."""


def absolute(path: str) -> str:
    """A page's address as seen from outside; empty for none."""
    return f"{settings.LUOSHI_URL.rstrip('/')}{path}" if path else ""


def send_mail(address: str, payload: dict[str, Any]) -> None:
    """Send one e-mail; ``NotSent``."""
    body = "\n\n".join(part for part in (payload["text"], absolute(payload["url"]), "——落实") if part)
    try:
        EmailMessage(payload["title"], body, settings.DEFAULT_FROM_EMAIL, [address]).send()
    except (OSError, ValueError) as error:
        raise NotSent(f"邮件未能发出（{type(error).__name__}）") from error


def _hmac(key: str, text: str) -> bytes:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()


def signature(secret: str, moment: int, body: str) -> str:
    """The value of the header ``X-Luoshi-Signature``."""
    return f"t={moment},v1={_hmac(secret, f'{moment}.{body}').hex()}"


def request_of(webhook: Webhook, payload: dict[str, Any], moment: int) -> tuple[str, str, dict[str, str]]:
    """Address, body and headers of one message; ``moment`` in Unix seconds."""
    address, headers = webhook.url, {"Content-Type": "application/json; charset=utf-8"}
    lines = [payload["title"], payload["text"], absolute(payload["url"])]
    text = "\n".join(line for line in lines if line)
    body: dict[str, Any]
    match webhook.style:
        case WebhookStyle.WECOM:
            body = {"msgtype": "text", "text": {"content": text}}
        case WebhookStyle.DINGTALK:
            body = {"msgtype": "text", "text": {"content": text}}
            if webhook.secret:
                stamp = str(moment * 1000)
                sign = base64.b64encode(_hmac(webhook.secret, f"{stamp}\n{webhook.secret}")).decode()
                parts = urlsplit(address)
                extra = urlencode({"timestamp": stamp, "sign": sign})
                address = urlunsplit(parts._replace(query=f"{parts.query}&{extra}" if parts.query else extra))
        case WebhookStyle.FEISHU:
            body = {"msg_type": "text", "content": {"text": text}}
            if webhook.secret:
                sign = base64.b64encode(_hmac(f"{moment}\n{webhook.secret}", "")).decode()
                body |= {"timestamp": str(moment), "sign": sign}
        case _:
            body = payload | {"url": absolute(payload["url"])}
    written = json.dumps(body, ensure_ascii=False)
    if webhook.style == WebhookStyle.GENERIC:
        headers["X-Luoshi-Signature"] = signature(webhook.secret, moment, written)
    return address, written, headers


#: Where the robots say that they refused, though the answer is 200.
_REFUSALS = {WebhookStyle.WECOM: "errcode", WebhookStyle.DINGTALK: "errcode", WebhookStyle.FEISHU: "code"}


def send_webhook(webhook: Webhook, payload: dict[str, Any], moment: int) -> None:
    """Send one message to a robot; ``NotSent``. No redirect is followed: the address was chosen by a person."""
    address, body, headers = request_of(webhook, payload, moment)
    try:
        answer = httpx.post(address, content=body.encode(), headers=headers, timeout=SECONDS, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise NotSent(f"连不上对方（{type(error).__name__}）") from error
    if answer.status_code >= 300:
        raise NotSent(f"对方答复 {answer.status_code}")
    field = _REFUSALS.get(WebhookStyle(webhook.style))
    if field:
        try:
            code = answer.json().get(field, 0)
        except (ValueError, AttributeError):
            code = 0
        if code not in (0, "0"):
            raise NotSent(f"对方拒收（代码 {str(code)[:20]}）")
