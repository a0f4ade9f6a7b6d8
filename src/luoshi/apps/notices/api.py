"""Messages over HTTP."""

from __future__ import annotations

from ninja import Router

notices = Router(tags=["消息"])
