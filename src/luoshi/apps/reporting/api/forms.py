"""The forms over HTTP."""

from __future__ import annotations

from ninja import Router

forms = Router(tags=["报表"])
