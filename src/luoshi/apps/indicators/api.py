"""Indicators and observations over HTTP."""

from __future__ import annotations

from ninja import Router

indicators = Router(tags=["指标"])
observations = Router(tags=["数据"])
