"""``luoshi demo``: the fictional prefecture 云岭州, ready to be tried."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import click

from luoshi.cli.chinese import Command
from luoshi.cli.environment import migrate, with_database

#: Open to everyone who reads this file: the demo listens on this machine only, and says so.
PASSWORD = "yunling-2026"

#: User name, name, unit key and role(s), what the person is good for in the demo.
PEOPLE = (
    ("admin", "管理员", (("yunling-zhou", "administrator"), ("zhou-wei", "administrator")), "管理单位、人员、日志"),
    ("tongchou", "统筹办 杨帆", (("yunling-zhou", "coordinator"),), "上传、确认、发布方案"),
    ("zhouzhang", "州领导 高远", (("yunling-zhou", "leader"),), "查阅、批示"),
    ("gongxin", "州工信局 李明", (("zhou-gongxin", "lead"),), "牵头单位，看本单位的任务"),
    ("nongye", "州农业农村局 王芳", (("zhou-nongye", "lead"), ("zhou-nongye", "reviewer")), "牵头单位"),
    ("yunjiang", "云江市 陈静", (("yunjiang-shi", "reporter"),), "县市填报员"),
    ("baixi", "白溪县 赵强", (("baixi-xian", "coordinator"), ("baixi-xian", "reviewer")), "县级统筹、审核"),
)

#: Sample file (without ending) → what is done with its draft. The revised edition waits as a new version.
PUBLISHED = ("云岭州2026年“四大攻坚行动”实施方案.docx", "云岭州“十五五”质量强州建设规划.txt")
WAITING = ("云岭州2026年招商引资推进方案.pdf", "云岭州2026年“四大攻坚行动”实施方案（修订版）.docx")


@click.command("demo", cls=Command)
@click.option("--no-serve", is_flag=True, help="只建立数据，不启动服务。")
@click.option("--reset", is_flag=True, help="先清空已有的演示数据。")
@click.option(
    "--port", metavar="端口", type=click.IntRange(1, 65535), default=8000, show_default="8000", help="监听端口。"
)
@with_database
def demo_command(no_serve: bool, reset: bool, port: int) -> None:
    """建立虚构的云岭州（单位、人员、三份方案），打印登录名并启动。可重复运行。"""
    from django.utils import timezone

    from luoshi.apps.accounts.models import User
    from luoshi.apps.dispatch.models import WarningRule
    from luoshi.apps.plans.models import Plan
    from luoshi.cli import (
        demo_assessment,
        demo_boards,
        demo_bulletins,
        demo_dispatch,
        demo_history,
        demo_investment,
        demo_projects,
        demo_supervision,
    )
    from luoshi.cli.server import serve

    if reset:
        _reset()
    migrate()
    if Plan.objects.count() < len(PUBLISHED):
        _fill(_samples())
    if not User.objects.filter(username__in=demo_history.usernames()).exists():
        click.echo("正在生成十二个月的报送记录……")
        people = {user.username: user for user in User.objects.filter(username__in=[name for name, *_ in PEOPLE])}
        demo_history.fill_history(people, PASSWORD, timezone.localdate())
    if not WarningRule.objects.exists():
        click.echo("正在生成一年的预警和调度会……")
        people = {user.username: user for user in User.objects.filter(username__in=[name for name, *_ in PEOPLE])}
        demo_dispatch.fill_dispatch(people, timezone.localdate())
    if not demo_supervision.is_filled():
        click.echo("正在生成督办事项……")
        names = [*(name for name, *_ in PEOPLE), *demo_history.usernames()]
        people = {user.username: user for user in User.objects.filter(username__in=names)}
        demo_supervision.fill_supervision(people, demo_history.clerks_of(people), timezone.localtime())
    if not demo_bulletins.is_filled():
        click.echo("正在生成通报……")
        people = {user.username: user for user in User.objects.filter(username__in=[name for name, *_ in PEOPLE])}
        demo_bulletins.fill_bulletins(people, timezone.localtime())
    if not demo_projects.is_filled():
        click.echo("正在生成三百个项目……")
        people = {user.username: user for user in User.objects.filter(username__in=[name for name, *_ in PEOPLE])}
        demo_projects.fill_projects(people, timezone.localdate())
    if not demo_investment.is_filled():
        click.echo("正在生成招商线索和活动……")
        people = {user.username: user for user in User.objects.filter(username__in=[name for name, *_ in PEOPLE])}
        demo_investment.fill_investment(people, timezone.localdate())
    if not demo_boards.is_filled():
        demo_boards.fill_boards(
            {user.username: user for user in User.objects.filter(username__in=[name for name, *_ in PEOPLE])}
        )
    if not demo_assessment.is_filled():
        click.echo("正在生成考核……")
        demo_assessment.fill_assessment(
            {user.username: user for user in User.objects.filter(username__in=[name for name, *_ in PEOPLE])},
            timezone.localtime(),
        )
        demo_history.read_old_notices(timezone.localdate())
    click.echo("")
    click.echo(f"  登录密码都是  {PASSWORD}")
    for username, name, *_, purpose in (*PEOPLE, *demo_history.PEOPLE):
        click.echo(f"  {username:<10}  {name}：{purpose}")
    click.echo(
        f"  {demo_history.clerk_name('<单位代码>')}  27 个单位的填报员，如 {demo_history.clerk_name('yunjiang-shi')}"
    )
    click.echo("  不登录也可以看公开的方案：/public")
    click.echo("")
    if no_serve:
        return
    click.echo(f"请用浏览器打开 http://127.0.0.1:{port} ；按 Ctrl+C 停止。")
    serve("127.0.0.1", port)


def _samples() -> Path:
    from django.conf import settings

    folder: Path = settings.PROJECT / "samples"
    if not (folder / "units.csv").is_file():
        raise click.ClickException("找不到 samples 目录，演示数据须在源代码目录里建立。")
    return folder


def _reset() -> None:
    """Empty the demo's database and files; a database that holds other than the demo's people is left alone."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from luoshi.apps.accounts.models import User
    from luoshi.cli import demo_history

    if User._meta.db_table in connection.introspection.table_names():
        known = [*(username for username, *_ in PEOPLE), *demo_history.usernames()]
        strangers = User.objects.exclude(username__in=known)
        if strangers.exists():
            raise click.ClickException("数据库里有演示以外的人员，不能清空。请用 LUOSHI_HOME 另指一个目录。")
    if connection.vendor == "sqlite":
        database = Path(connection.settings_dict["NAME"])
        connection.close()
        for file in (database, *database.parent.glob(f"{database.name}-*")):
            file.unlink(missing_ok=True)
    else:
        # The journal refuses deletion row by row, by design; a demo may go as a whole.
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    call_command("migrate", interactive=False, verbosity=0)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def _fill(samples: Path) -> None:
    """Units, people, plans: all through the same actions that the pages use."""
    from luoshi.apps.accounts.actions import create_user
    from luoshi.apps.accounts.models import User
    from luoshi.apps.intake.actions import accept_sure, discard, publish
    from luoshi.apps.organisations.actions import grant_membership, load_units
    from luoshi.apps.organisations.models import Role, Unit
    from luoshi.apps.plans.actions import add_instruction, set_public
    from luoshi.units import UnitDirectory

    click.echo("正在建立云岭州……")
    load_units(acting_user=None, directory=UnitDirectory.from_csv(samples / "units.csv", samples / "unit-names.csv"))
    people: dict[str, Any] = {}
    for username, name, roles, _ in PEOPLE:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = create_user(acting_user=None, username=username, display_name=name, password=PASSWORD)
        for key, role in roles:
            grant_membership(acting_user=None, user=user, unit=Unit.objects.get(key=key), role=Role(role))
        people[username] = user
    clerk = people["tongchou"]
    plan = None
    for name in PUBLISHED:
        click.echo(f"正在读取并发布：{name}")
        for draft in _drafts(samples / name, clerk):
            if draft.state != "open":
                continue
            if not draft.items.filter(kind="measure").exists():
                discard(acting_user=clerk, draft=draft)  # the covering notice: nothing to do in it
            else:
                accept_sure(acting_user=clerk, draft=draft, threshold=0.5)
                plan = publish(acting_user=clerk, draft=draft).plan
    if plan is not None:
        set_public(acting_user=clerk, plan=plan, public=True)
        add_instruction(acting_user=people["zhouzhang"], plan=plan, text="请统筹办按月调度，逐项销号。")
    for name in WAITING:
        click.echo(f"正在读取：{name}")
        _drafts(samples / name, clerk)


def _drafts(path: Path, clerk: Any) -> list[Any]:
    """The drafts of a file, read at once; one that an interrupted run has read already is not read again."""
    from django.core.files import File

    from luoshi.apps.intake.actions import process_upload, receive_upload
    from luoshi.apps.intake.models import Upload, UploadState
    from luoshi.apps.organisations.models import Unit

    if upload := Upload.objects.filter(name=path.name, state=UploadState.DONE).first():
        return list(upload.drafts.order_by("ordinal"))
    with path.open("rb") as handle:
        upload = receive_upload(
            acting_user=clerk,
            file=File(handle, name=path.name),
            owner=Unit.objects.get(key="yunling-zhou"),
            enqueue=False,
        )
    process_upload(upload.pk)
    upload.refresh_from_db()
    if upload.state == "failed":
        raise click.ClickException(f"{path.name}：{upload.message}")
    return list(upload.drafts.order_by("ordinal"))
