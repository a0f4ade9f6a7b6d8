"""``luoshi serve`` and what runs beside it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import click

from luoshi.cli.chinese import Command
from luoshi.cli.environment import migrate, require_migrated, with_database

logger = logging.getLogger(__name__)


@click.command("migrate", cls=Command)
@with_database
def migrate_command() -> None:
    """建立或升级数据库（可重复运行）。"""
    migrate()
    click.echo("数据库已是最新。")


@click.command("worker", cls=Command)
@with_database
def worker_command() -> None:
    """运行后台任务（读取上传的文件等），并每分钟做一次到点的事；一台机器可以开多个。"""
    from django.core.management import call_command

    require_migrated()
    Ticker(_tick_once)
    call_command("db_worker", interval=0.5, startup_delay=False, verbosity=0, reload=False)


def _tick_once() -> None:
    """One tick with a database connection of its own; what it did goes to the log."""
    from django.db import close_old_connections, connection

    from luoshi.site.tick import tick

    close_old_connections()
    try:
        for line in tick():
            logger.info(line)
    finally:
        connection.close()


class Ticker(threading.Thread):
    """Calls a function again and again, with a pause between, until stopped or until the process ends."""

    def __init__(self, call: Callable[[], object], seconds: float = 60.0) -> None:
        super().__init__(name="ticker", daemon=True)
        self._call, self._seconds, self._stopping = call, seconds, threading.Event()
        self.start()

    def run(self) -> None:
        """Call, then wait; a call that fails is logged and tried again."""
        while not self._stopping.is_set():
            try:
                self._call()
            except Exception:
                logger.exception("tick")
            self._stopping.wait(self._seconds)

    def stop(self) -> None:
        """Call no more."""
        self._stopping.set()


@click.command("tick", cls=Command)
@with_database
def tick_command() -> None:
    """做到点该做的事（开放报期、催报、发消息、接续中断的读取、清理）；可随时重复运行。后台任务自己每分钟做一次。"""
    from luoshi.site.tick import tick

    require_migrated()
    for line in tick():
        click.echo(line)


@click.command("serve", cls=Command)
@click.option("--host", metavar="地址", default="127.0.0.1", show_default="127.0.0.1", help="监听地址。")
@click.option(
    "--port", metavar="端口", type=click.IntRange(1, 65535), default=8000, show_default="8000", help="监听端口。"
)
@click.option(
    "--processes",
    metavar="N",
    type=click.IntRange(1, 64),
    default=1,
    show_default="1",
    help="服务进程数（PostgreSQL 时可多于 1）。",
)
@click.option("--worker/--no-worker", default=True, help="是否同时运行后台任务（缺省运行）。")
@with_database
def serve_command(host: str, port: int, processes: int, worker: bool) -> None:
    """启动服务。SQLite 数据库会自动建立或升级。"""
    serve(host, port, processes=processes, worker=worker)


def serve(host: str, port: int, *, processes: int = 1, worker: bool = True) -> None:
    """Serve until stopped. The worker is a child process: a reader that crashes on a hostile file never takes the
    server with it, and it is started again."""
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces

    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        migrate()
    else:
        require_migrated()
    if not settings.STATICFILES_DIRS:
        raise click.ClickException("缺少界面文件，请先运行：make setup")
    if host not in settings.ALLOWED_HOSTS and "LUOSHI_HOSTS" not in os.environ:
        # The server's own processes read the settings anew.
        os.environ["LUOSHI_HOSTS"] = ",".join([*settings.ALLOWED_HOSTS, "*" if host in ("0.0.0.0", "::") else host])
    os.environ["DJANGO_SETTINGS_MODULE"] = "luoshi.site.settings"
    _check_port(host, port)
    minder = _WorkerMinder() if worker else None
    server = Granian(
        "luoshi.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=8,
        backlog=1024,
        respawn_failed_workers=True,
        log_enabled=False,
    )
    try:
        server.serve()
    finally:
        if minder:
            minder.stop()


def _check_port(host: str, port: int) -> None:
    """Find out before anything is started whether the address can be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise click.ClickException(
            f"不能在 {host} 的 {port} 端口启动（可能已被占用）：请用 --port 换一个端口。"
        ) from error


class _WorkerMinder:
    """Keeps one ``luoshi worker`` child alive."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._mind, name="worker-minder", daemon=True)
        self._thread.start()

    def _mind(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen([sys.executable, "-m", "luoshi", "worker"])
            self._process.wait()
            # A worker that dies at once must not be restarted in a hot loop.
            self._stopping.wait(1.0)

    def stop(self) -> None:
        """End the child, giving it time to finish its task."""
        self._stopping.set()
        process = self._process
        if process and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            for _ in range(50):
                if process.poll() is not None:
                    return
                time.sleep(0.1)
            process.kill()
