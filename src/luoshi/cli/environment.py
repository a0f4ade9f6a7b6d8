"""Where the data is, and starting Django for the commands that need it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

_SCHEMES = ("sqlite", "postgresql", "postgres")


def _set_database(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value:
        os.environ["DATABASE_URL"] = value


def with_database(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--database`` and start Django before it runs."""

    @click.option(
        "--database",
        metavar="地址",
        callback=_set_database,
        expose_value=False,
        is_eager=True,
        help="数据库地址，如 postgresql://…；缺省用环境变量 DATABASE_URL，再缺省用 $LUOSHI_HOME 里的 SQLite。",
    )
    @wraps(function)
    def command(*args: Any, **kwargs: Any) -> Any:
        start_django()
        from django.db import OperationalError

        try:
            return function(*args, **kwargs)
        except OperationalError as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "原因不明"
            raise click.ClickException(f"数据库用不了：{reason}") from error

    return command


def start_django() -> None:
    """Load settings and apps; an unusable database address is said in Chinese."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.site.settings")
    url = os.environ.get("DATABASE_URL", "")
    if url and url.partition("://")[0] not in _SCHEMES:
        raise click.UsageError(f"数据库地址须以 {'、'.join(_SCHEMES)} 开头（后接 ://），而不是：{url}")
    import django
    from dj_database_url import ParseError

    try:
        django.setup()
    except ParseError as error:
        raise click.UsageError(f"数据库地址无法识别：{url}") from error


def migrate() -> None:
    """Create or upgrade the database."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def require_migrated() -> None:
    """Stop where the database has not been created or upgraded yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise click.ClickException("数据库还没有建立或升级，请先运行：luoshi migrate")
