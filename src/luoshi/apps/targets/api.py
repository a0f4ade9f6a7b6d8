"""Allocations and commitment letters over HTTP."""

from __future__ import annotations

from ninja import Router

letters = Router(tags=["责任书"])


def add_allocations(targets: Router) -> None:
    """Put the allocation of a target below ``/targets``."""
