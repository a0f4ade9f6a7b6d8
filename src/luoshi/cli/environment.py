"""Where the data is, and starting Django for the commands that need it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import click


def _set_database(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value:
        if "://" not in value:
            raise click.UsageError(f"数据库地址须形如 sqlite:///文件 或 postgresql://用户@主机/库，而不是：{value}")
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
        return function(*args, **kwargs)

    return command


def start_django() -> None:
    """Load settings and apps; an unusable database address is said in Chinese."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.site.settings")
    import django
    from dj_database_url import ParseError, UnknownSchemeError

    try:
        django.setup()
    except (ParseError, UnknownSchemeError) as error:
        raise click.UsageError(f"数据库地址无法识别：{os.environ.get('DATABASE_URL')}") from error


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
