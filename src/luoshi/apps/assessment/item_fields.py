"""The fields of an item's form: what can be said of an item, and the parameters of each method."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Input:
    """One field. ``path``: where its value stands in the item's data. ``kind``: number, text, words, choice, lines."""

    name: str
    label: str
    path: tuple[str, ...]
    kind: str = "number"
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class MethodInputs:
    """A method and its parameters."""

    type: str
    title: str
    inputs: tuple[Input, ...]
    hint: str = ""


_ROUNDING = (("", "按比例计"), ("down", "不足一步的不计"), ("up", "不足一步的按一步计"))


def _counting(verb: str) -> tuple[Input, ...]:
    return (
        Input("points", f"每步{verb}几分", ("method", "points")),
        Input("per", "一步是多少", ("method", "per"), help="不填为1：1次、1个百分点"),
        Input("most", f"最多{verb}几分", ("method", "most")),
        Input("rounding", "零头", ("method", "rounding"), "choice", _ROUNDING),
    )


METHODS: tuple[MethodInputs, ...] = (
    MethodInputs(
        "ranking",
        "竞争性排名计分",
        (
            Input(
                "variant",
                "怎样计分",
                ("method", "variant"),
                "choice",
                (
                    ("", "满分×(单位数-名次+1)÷单位数"),
                    ("linear", "末名得0分，其间均分"),
                    ("proportional", "按与第1名之比"),
                    ("bands", "按名次分档"),
                ),
            ),
            Input(
                "ties",
                "并列",
                ("method", "ties"),
                "choice",
                (("", "都取较好名次"), ("dense", "之后名次不空缺"), ("average", "平分所占名次的分")),
            ),
            Input("first", "只有前几名得分", ("method", "first")),
            Input("bands", "分档", ("method", "bands"), "bands", help="每行一档：到第几名 得几分，如 3 18"),
            Input("otherwise", "各档以外得分", ("method", "otherwise")),
        ),
    ),
    MethodInputs(
        "target",
        "目标管理法",
        (
            Input("start", "完成率低于多少（%）不得分", ("method", "start")),
            Input("cap", "最多得满分的几倍", ("method", "cap"), help="不填为1；写“不限”为不封顶"),
            Input("bonus_points", "超额每步加几分", ("method", "bonus", "points")),
            Input("bonus_per", "超额一步是几个百分点", ("method", "bonus", "per")),
            Input("bonus_most", "超额最多加几分", ("method", "bonus", "most")),
        ),
        "满分×实际÷目标。",
    ),
    MethodInputs(
        "deduction", "扣分", _counting("扣"), "按次数扣，或按低于目标的程度扣；有分值的从满分里扣，没有的从总分里扣。"
    ),
    MethodInputs("addition", "加分", _counting("加"), "在总分以外加，本项不写分值。"),
    MethodInputs(
        "veto",
        "一票否决",
        (
            Input("when", "什么时候否决", ("method", "when"), "text", help="不填为 实际 > 0"),
            Input(
                "effect",
                "后果",
                ("method", "effect"),
                "choice",
                (("", "总分为0"), ("cap", "总分最多几分"), ("unranked", "不排名")),
            ),
            Input("veto_cap", "总分最多几分", ("method", "cap")),
        ),
        "本项不写分值。",
    ),
    MethodInputs(
        "judges",
        "评委打分",
        (
            Input("out_of", "几分制", ("method", "out_of"), help="不填为100"),
            Input("trim", "各去掉几个最高分、最低分", ("method", "trim"), help="不填为1"),
        ),
    ),
    MethodInputs(
        "average",
        "与平均值比",
        (
            Input("at_average", "达到平均值得满分的几倍", ("method", "at_average")),
            Input("average_cap", "最多得满分的几倍", ("method", "cap")),
        ),
    ),
    MethodInputs(
        "interval",
        "按区间计分",
        (
            Input("zero_at", "到多少得0分", ("method", "zero_at")),
            Input("full_at", "到多少得满分", ("method", "full_at")),
        ),
    ),
    MethodInputs(
        "year-on-year",
        "同比",
        (
            Input("yoy_zero_at", "增幅（%）多少得0分", ("method", "zero_at")),
            Input("yoy_full_at", "增幅（%）多少得满分", ("method", "full_at")),
        ),
    ),
    MethodInputs(
        "distance",
        "与目标的距离",
        (
            Input("tolerance", "相差多少扣完", ("method", "tolerance")),
            Input(
                "side",
                "哪边扣分",
                ("method", "side"),
                "choice",
                (("", "两边"), ("below", "低于目标"), ("above", "高于目标")),
            ),
        ),
    ),
    MethodInputs(
        "share",
        "按比例折算",
        (Input("share_out_of", "满分是几分", ("method", "out_of"), help="不填为100"),),
        "满分×实际÷这个数。",
    ),
    MethodInputs(
        "formula",
        "按公式计分",
        (
            Input(
                "formula",
                "公式",
                ("method", "formula"),
                "text",
                help="可用：实际 目标 上期 完成率 增幅 差距 满分 名次 单位数 最好 平均；"
                "如 满分 if 完成率 >= 100 else 0",
            ),
            Input("least", "最少几分", ("method", "least")),
            Input("formula_most", "最多几分", ("method", "most")),
        ),
    ),
    MethodInputs("record", "不计分", (), "只记录，用于结果运用。"),
)
_NONE = (("", "不计入该单位，其余折算"), ("full", "得满分"), ("zero", "得0分"))
ABOUT: tuple[Input, ...] = (
    Input("title", "名称", ("title",), "text"),
    Input("item_points", "分值", ("points",)),
    Input("unit", "计量单位", ("unit",), "text"),
)
FIGURES: tuple[Input, ...] = (
    Input(
        "basis",
        "按什么计",
        ("basis",),
        "choice",
        (("", "方法通常的"), ("value", "实际数"), ("completion", "完成率"), ("growth", "增幅"), ("gap", "与目标的差")),
    ),
    Input(
        "better", "哪边好", ("better",), "choice", (("", "方法通常的"), ("higher", "越高越好"), ("lower", "越低越好"))
    ),
    Input("target", "统一的目标", ("target",), help="各单位目标不同的不填"),
    Input("target_share", "本期应完成目标的几分之几", ("target_share",), help="如 0.25"),
    Input("when_blank", "没有记录时算作", ("when_blank",), help="次数可填0"),
)
RULES: tuple[Input, ...] = (
    Input("gates", "不得分的条件", ("gates",), "gates", help="每行一条：条件：说法，如 实际 < 0：负增长不得分"),
    Input("no_target", "没有目标的", ("no_target",), "choice", _NONE),
    Input(
        "zero_target",
        "目标为0的",
        ("zero_target",),
        "choice",
        (("", "同没有目标的"), ("exclude", _NONE[0][1]), *_NONE[1:]),
    ),
    Input(
        "not_reported", "未报的", ("not_reported",), "choice", (("", "得0分"), ("exclude", "不计入该单位，其余折算"))
    ),
    Input("source", "数据来源", ("source",), "words"),
    Input("evidence", "佐证材料", ("evidence",), "words"),
    Input("note", "备注", ("note",), "words"),
)
