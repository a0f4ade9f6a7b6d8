"""``luoshi``: the command line. Errors go to standard error; exit codes: 0 done, 1 failed, 2 called wrongly."""

from __future__ import annotations

import importlib
import os
import sys

import click

from luoshi import __version__
from luoshi.cli.chinese import Group, explain

#: Command → the module that holds it, loaded only when asked for: ``extract`` must not wait for Django.
_COMMANDS = {
    "assess": "luoshi.cli.assess",
    "bulletin": "luoshi.cli.bulletin",
    "check": "luoshi.cli.check",
    "demo": "luoshi.cli.demo",
    "dispatch": "luoshi.cli.dispatch",
    "extract": "luoshi.cli.extract",
    "extract-corpus": "luoshi.cli.corpus",
    "forms": "luoshi.cli.forms",
    "import": "luoshi.cli.intake",
    "investment": "luoshi.cli.investment",
    "journal": "luoshi.cli.journal",
    "migrate": "luoshi.cli.server",
    "orders": "luoshi.cli.orders",
    "projects": "luoshi.cli.projects",
    "returns": "luoshi.cli.returns",
    "scheme": "luoshi.cli.scheme",
    "score": "luoshi.cli.score",
    "serve": "luoshi.cli.server",
    "statistics": "luoshi.cli.statistics",
    "tick": "luoshi.cli.server",
    "units": "luoshi.cli.units",
    "user": "luoshi.cli.user",
    "worker": "luoshi.cli.server",
}


class _Lazy(Group):
    """Loads a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in alphabetical order."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a name."""
        if name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[name])
        command: click.Command = getattr(module, f"{name.replace('-', '_')}_command")
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="落实 %(version)s", help="显示版本。")
def luoshi() -> None:
    """落实：把方案文件变成可追溯的任务台账。

    数据放在环境变量 LUOSHI_HOME 指定的目录（缺省为当前目录下的 var）。
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    try:
        code = luoshi.main(args=arguments, prog_name="luoshi", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help(), err=True)
        code = 2
    except click.ClickException as error:
        click.echo(f"错误：{explain(error)}", err=True)
        if isinstance(error, click.UsageError) and error.ctx is not None:
            click.echo(f"用法见：{error.ctx.command_path} --help", err=True)
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止。", err=True)
        code = 1
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing more to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
