"""What the tests of accounts share."""

from __future__ import annotations

from tests.apps.intake.real_database import transactional_db

__all__ = ["transactional_db"]
