"""The returns over HTTP."""

from __future__ import annotations

from ninja import Router

returns = Router(tags=["报送"])
