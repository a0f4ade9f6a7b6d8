"""What the words of an item say beside its method: conditions for no points, figures, sources, evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luoshi.scoring.drafting.patterns import CLAUSE, COMPLETION, RATE
from luoshi.scoring.drafting.texts import NUMBER, decimal_words, narrow, number_of


@dataclass(slots=True)
class Reading:
    """``data``: keys of a scheme's item. ``by_rule``: which family of methods, empty where none was read.

    ``open``: assumptions that the words leave open (keys of ``assumptions.OPEN``). ``doubts``: told to who checks.
    """

    data: dict[str, Any] = field(default_factory=dict)
    by_rule: str = ""
    open: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


class Clauses:
    """An item's words clause by clause; ``taken``: the clauses that said something."""

    def __init__(self, words: str, title: str, points: Decimal | None) -> None:
        self.text = narrow(words)
        self.title = narrow(title)
        self.points = points
        self.out = Reading()
        self.clauses = [clause for clause in CLAUSE.split(self.text) if clause]
        self.taken: set[int] = set()

    def find(self, pattern: str, *, where: str = "") -> re.Match[str] | None:
        return re.search(pattern, where or self.text)

    def take(self, pattern: str) -> None:
        """Clauses that hold what was read are read."""
        compiled = re.compile(pattern)
        self.taken.update(at for at, clause in enumerate(self.clauses) if compiled.search(clause))

    def method(self, rule: str, **method: Any) -> None:
        self.out.by_rule = rule
        self.out.data["method"] = method

    def most(self) -> Decimal | None:
        found = self.find(
            rf"(?:最多|最高|上限|累计不超过|不超过|封顶|以)[^,，;；。\n]{{0,6}}?({NUMBER})分(?:封顶|为限|为止)?"
        )
        if found is None:
            return None
        self.take(re.escape(found[0]))
        return number_of(found[1])

    # --- conditions for no points
    def read_gates(self) -> None:
        gates = []
        for at, clause in enumerate(self.clauses):
            found = re.fullmatch(
                r"(?:其中|凡|对|若|如|当)?(.*?)(?:的|者|时)?(?:[,，]?(?:该项|本项|此项|则|均|一律))*"
                r"(?:不得分|不计分|不记分|不予计分|[得记计为]0分|[得记计]零分|扣完(?:该项)?(?:全部)?分值?)",
                clause,
            )
            if found is None:
                continue
            told = found[1] or (self.clauses[at - 1] if at else "")
            when = self._condition(told)
            if when:
                self.taken.add(at)
                if when == "start100":
                    self.out.data["start"] = Decimal(100)
                elif when.startswith("start"):
                    self.out.data["start"] = Decimal(when[5:])
                else:
                    gates.append({"when": when, "because": clause})
            elif told:
                self.out.doubts.append(f"“{clause}”的条件没有读懂")
        if gates:
            self.out.data["gates"] = gates

    def _condition(self, told: str) -> str:
        """The condition as a formula; ``start`` and a figure: a completion below which nothing is got."""
        below = rf"(?:低于|不足|未达到?|小于|少于|不到|达不到|<)(?:目标(?:任务)?的?)?({NUMBER})"
        found = re.search(below + r"(%|个?百分点)", told) or re.search(rf"({NUMBER})(%)(?:及)?以下$", told)
        if found:
            number = decimal_words(number_of(found[1]))
            if COMPLETION.search(told) or "完成" in told or (COMPLETION.search(self.text) and not RATE.search(told)):
                return f"start{number}"
            return f"实际 < {number}"
        if found := re.search(below + r"(?:万|亿)?[元个次项户人件家场份篇条]", told):
            return f"实际 < {decimal_words(number_of(found[1]))}"
        if told in ("否则", "反之") and re.search(r"(?:完成|达到|实现|达标)[^,，;；。]{0,14}(?:得|计|记)", self.text):
            return "start100"
        if re.search(
            r"负增长|增[幅速长率]+(?:为负|小于0|低于0|<0)|[低小]于(?:上年|去年)同期|同比下降|出现下降|^下降", told
        ):
            return "实际 < 0" if re.search(r"增[幅速长]", self.title + self.text.replace("负增长", "")) else "增幅 < 0"
        if re.search(
            r"(?:未|没有|没)(?:能)?(?:按[^完]{0,6})?(?:完成|达标|达到|实现)(?:年度|季度|全年|当期|序时)?(?:目标|任务|进度|要求)?",
            told,
        ):
            return "start100"
        if re.match(r"(?:未|没有|无)", told) and not re.search(r"按时|及时|按要求|规范|整改", told):
            return "实际 == 0"
        return ""

    def read_figures(self) -> None:
        data = self.out.data
        told = f"{self.title}\n{self.text}"
        if self.out.by_rule in ("ranking", "average") and "basis" not in data:
            by = self.find(
                r"按(?:照)?([^,，;；。]{0,16}?)(?:由|从|进行|的)?[^,，;；。]{0,8}?(?:竞争性)?(?:排名|排序|排位|名次|位次|[由从][高低多])"
            )
            words = by[1] if by else ""
            if COMPLETION.search(words) or (
                COMPLETION.search(self.title) and not re.search(r"增|次数|数量|个数", words)
            ):
                data["basis"] = "completion"
                self.out.open.append("no-target")
            elif re.search(r"增[速幅长]", words) and not re.search(r"增[速幅长]", self.title):
                data["unit"] = "%"
                self.out.doubts.append("按增速排名，实际数请填增速（%）")
        if self.out.by_rule == "target":
            data.pop("basis", None)
        if "unit" in data or not self.out.by_rule:
            return
        unit = re.search(
            r"[(（](?:单位[:：])?((?:万|亿)?(?:美?元|人次|人|吨|户|亩|公里|平方米|个|次|家|项|件)|%)[)）]", self.title
        )
        if unit:
            data["unit"] = unit[1]
        elif data.get("basis") == "completion" or self.out.by_rule == "target":
            if found := re.search(r"(次)数|(个)数|项目(?:数|数量)(?:$|[(（])", self.title):
                data["unit"] = found[1] or "个"
        elif re.search(r"次数|按次数", told):
            data["unit"] = "次"
        elif re.search(r"项目(?:数量|数|个数)|按个数|数量", told):
            data["unit"] = "个"
        elif RATE.search(self.title):
            data["unit"] = "%"

    def read_sources(self) -> None:
        for at, clause in enumerate(self.clauses):
            found = re.search(
                r"^以(.{2,40}?)(?:数据)?为准(?:[(（](.{1,20})[)）])?|数据来源(?:于|为|[:：])(.{2,40})|由(.{2,30}?)提供(?:数据)?",
                clause,
            )
            if found is None:
                continue
            name = (found[1] or found[3] or found[4] or "").strip()
            if (
                found[1]
                and "数据" in clause
                and not name.endswith("数据")
                and clause[1 + len(name) :].startswith("数据")
            ):
                name += "数据"
            if found[2]:
                name += f"（{found[2]}）"
            self.out.data.setdefault("source", name)
            self.taken.add(at)

    def read_rest(self) -> None:
        papers = re.compile(
            r"方案|总结|信息|报备|表|协议|合同|文本|材料|文件|证书|证明|台账|台帐|图片|照片|发票|凭证|附件|意向书|建议书|记录|纪要|批复|"
            r"报告|清单|印证|佐证|截图|资料|通知|简报|档案|账目|数据"
        )
        evidence = []
        for at, clause in enumerate(self.clauses):
            if at in self.taken:
                continue
            if papers.search(clause) and not re.search(r"[得扣加]\S{0,4}分", clause) and len(clause) <= 60:
                evidence.append(clause)
            elif len(clause) > 1:
                self.out.unread.append(clause)
        if evidence:
            self.out.data.setdefault("evidence", "；".join(evidence)[:500])
