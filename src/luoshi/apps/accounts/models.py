"""People who sign in, and the tokens of their programs."""

from __future__ import annotations

import hashlib
import secrets

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower


class User(AbstractUser):
    """Someone who signs in."""

    display_name = models.CharField("姓名", max_length=60)
    phone = models.CharField("电话", max_length=30, blank=True)

    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        constraints = (
            # Sign-in takes a name in any letter case; two names that differ in nothing else could be mixed up.
            models.UniqueConstraint(Lower("username"), name="accounts_username_in_any_case"),
        )

    def __str__(self) -> str:
        return self.display_name or self.username


class ApiToken(models.Model):
    """A secret by which a program acts for a person; only its digest is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField("用途", max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    expires_at = models.DateTimeField("到期时间", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def new_secret() -> str:
        """A fresh secret, shown once."""
        return f"ls_{secrets.token_urlsafe(32)}"

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is stored of a secret: it has 256 random bits, so a plain hash suffices."""
        return hashlib.sha256(secret.encode()).hexdigest()
