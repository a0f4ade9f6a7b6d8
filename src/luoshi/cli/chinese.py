"""Click in Chinese: usage, section headings and error messages, without patching click."""

from __future__ import annotations

from typing import Any

import click


class _Help(click.Command):
    """Help pages with Chinese headings."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line of the help."""
        pieces = [piece.replace("[OPTIONS]", "[选项]") for piece in self.collect_usage_pieces(ctx)]
        pieces = [piece.replace("COMMAND [ARGS]...", "命令 [参数]…") for piece in pieces]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, and for a group its commands."""
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx)) is not None]
        records = [(names, text.replace("[required]", "（必填）")) for names, text in records]
        if records:
            with formatter.section("选项"):
                formatter.write_dl(records)
        if isinstance(self, click.Group):
            commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
            rows = [(name, command.get_short_help_str(60)) for name, command in commands if command is not None]
            if rows:
                with formatter.section("命令"):
                    formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示帮助。"
        return option


class Command(_Help):
    """A command whose help is Chinese."""


class Group(_Help, click.Group):
    """A group of commands whose help is Chinese."""

    command_class = Command
    group_class = type

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Say in Chinese that there is no such command."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.fail(f"没有“{args[0]}”这个命令。可用的命令：{'、'.join(self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


def explain(error: click.ClickException) -> str:
    """What went wrong, in Chinese."""
    match error:
        case click.NoSuchOption():
            near = f"是否想用 {'、'.join(error.possibilities)}？" if error.possibilities else ""
            return f"没有选项 {error.option_name}。{near}"
        case click.MissingParameter():
            param = error.param
            name = (param.metavar or param.opts[0] if param.opts else param.name) if param is not None else ""
            return f"缺少{'选项' if isinstance(param, click.Option) else '参数'} {name}。"
        case click.BadParameter():
            name = error.param.opts[0] if error.param is not None and error.param.opts else (error.param_hint or "")
            choice = getattr(error.param, "type", None)
            if isinstance(choice, click.Choice):
                return f"{name} 只能是：{'、'.join(map(str, choice.choices))}。"
            if isinstance(choice, click.types.IntParamType | click.IntRange):
                return f"{name} 须是整数。"
            if isinstance(choice, click.DateTime):
                return f"{name} 须是日期，如 2026-03-01。"
            if isinstance(choice, click.Path):
                return (
                    f"找不到文件，或不是文件：{error.message.split(chr(39))[1] if chr(39) in error.message else name}"
                )
            return f"{name} 不对：{error.message}"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 须带一个值。"
        case click.FileError():
            return f"打不开文件：{error.ui_filename}"
    return error.format_message()
