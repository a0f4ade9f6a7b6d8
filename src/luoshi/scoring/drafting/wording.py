"""What the words of a scoring table say about one item: method, figures, conditions for no points, sources, evidence.

Read clause by clause. A clause that gives nothing else is evidence where it names papers, else it stays unread; what
stays unread is told, so that a person looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from luoshi.scoring.drafting.clauses import Clauses, Reading
from luoshi.scoring.drafting.patterns import COMPLETION, LOSS, OCCURRENCE, PLACE, RATE, STEP
from luoshi.scoring.drafting.texts import NUMBER, decimal_words, number_of, plain_number


def read_wording(words: str, title: str, points: Decimal | None) -> Reading:
    """What the words say; with nothing recognised ``by_rule`` is empty."""
    return _Words(words, title, points).read()


class _Words(Clauses):
    def read(self) -> Reading:
        self.read_gates()
        for family in _FAMILIES:
            if family(self):
                break
        self.read_figures()
        self.read_sources()
        self.read_rest()
        return self.out

    def _within(self) -> bool:
        """``控制在目标以内得满分，超过不得分``."""
        found = self.find(
            rf"(?:控制在|不(?:得)?超过|不高于|低于)(?:目标(?:值|任务)?|计划|指标|({NUMBER})%?[^,，;；。\d]{{0,4}}?)(?:以内|之内|以下)?(?:的|者)?[,，]?得满分"
        )
        if found is None or not self.points:
            return False
        limit = decimal_words(number_of(found[1])) if found[1] else "目标"
        self.method("within", type="formula", formula=f"满分 if 实际 <= {limit} else 0", least=0)
        self.out.data["better"] = "lower"
        self.out.data.pop("gates", None)
        self.out.data.pop("start", None)
        self.out.doubts = [doubt for doubt in self.out.doubts if "否则" not in doubt]
        if not found[1]:
            self.out.data["basis"] = "gap"
            self.out.open.append("no-target")
        self.take(r"以内|得满分|不得分|超过")
        return True

    def _veto(self) -> bool:
        found = self.find(
            r"一票否决|取消[^,，;；。]{0,12}(?:评优|评先|评选|参评|评比)[^,，;；。]{0,6}资格|[^,，;；。]{0,8}总分(?:记|计|为)0分",
            where=f"{self.title}\n{self.text}",
        )
        if found is None or self.points:
            return False
        method: dict[str, Any] = {"type": "veto"}
        if "资格" in found[0]:
            method["effect"] = "unranked"
        self.out.data |= {"unit": "件", "when_blank": 0}
        self.method("veto", **method)
        self.take(r"一票否决|资格|总分")
        return True

    def _ranking(self) -> bool:
        if not self.find(r"排名|排序|排位|名次|位次|第(?:一|1)名|末位|由高到低|从高到低|由低到高|从低到高|由多到少"):
            return False
        if self._places():
            return True
        step = self.find(
            rf"(?:每|依次|逐名|逐位)[^,，;；。\n]{{0,4}}?(?:降低?|下降|后退|退后|靠后|低|递减|减少)?({NUMBER})?(?:个)?(?:名次|位次|名|位)?[,，]?(?:递减|递扣|扣减?|减少?|少得?)({NUMBER})分"
        )
        if step is not None and self.points is not None:
            per = number_of(step[1]) if step[1] else Decimal(1)
            loss = decimal_words(number_of(step[2]) / per)
            self.method("ranking", type="formula", formula=f"满分 - (名次 - 1) * {loss}", least=0)
            self.take(r"名|递减|[扣减少]")
        else:
            method: dict[str, Any] = {"type": "ranking"}
            if self.find(
                r"(?:与|按|占)[^,，;；。]{0,6}(?:第(?:一|1)名|最高|最大|最好)[^,，;；。]{0,8}(?:比|占|折算)|其(?:他|余)[^,，;；。]{0,8}按(?:比例|与)"
            ):
                method["variant"] = "proportional"
            elif self.find(r"(?:末位|末名|最后一名|倒数第(?:一|1))[^,，;；。]{0,4}(?:[得记计为]?0分|不得分)"):
                method["variant"] = "linear"
            else:
                self.out.open.append("ranking")
            if found := self.find(rf"(?:只|仅)?(?:对|取)?前({NUMBER})名(?:的|单位)?(?:得分|计分|才)"):
                method["first"] = int(number_of(found[1]))
            self.method("ranking", **method)
            self.take(r"排名|排序|排位|名次|位次|第(?:一|1)名|到[高低少]|末[位名]|最后一名|按比例|前.{1,3}名")
        if self.find(r"(?:由低到高|从低到高)"):
            self.out.data["better"] = "lower"
        if self.out.data["method"]["type"] == "ranking":
            self.out.open.append("ties")
        return True

    def _places(self) -> bool:
        """``第1名得20分，第2—3名得18分，其余得10分``."""
        found = [
            one for one in PLACE.finditer(self.text) if "每" not in self.text[max(0, one.start() - 2) : one.start()]
        ]
        if not found:
            return False
        bands: list[dict[str, Any]] = []
        for match in found:
            first, to, points = number_of(match[1]), number_of(match[2] or match[1]), number_of(match[3])
            # 前3名: up to the third
            if (
                int(first) != (bands[-1]["to"] + 1 if bands else 1)
                and "前" not in self.text[max(0, match.start() - 1) : match.start()]
            ):
                return False
            bands.append({"to": int(to), "points": plain_number(points)})
        if len(bands) == 1 and self.find(r"递减|递扣|每[^,，;；。]{0,5}[扣减]"):
            return False
        if self.points is not None and any(band["points"] > self.points for band in bands):
            self.out.doubts.append("按名次的分数超过本项分值")
            return False
        rest = self.find(rf"(?:其余|其他|以后|之后)[^,，;；。\n\d]{{0,8}}?({NUMBER})分")
        method: dict[str, Any] = {"type": "ranking", "variant": "bands", "bands": bands}
        if rest is not None:
            method["otherwise"] = plain_number(number_of(rest[1]))
        self.method("ranking", **method)
        self.out.open.append("ties")
        self.take(r"名|其余|其他|以后|之后")
        return True

    def _bands_of_completion(self) -> bool:
        """``完成率100%以上得20分，90%—100%得15分，80%以下不得分``: steps of a figure, each with its points."""
        steps = []
        for match in STEP.finditer(self.text):
            if "每" in self.text[max(0, match.start() - 8) : match.start()].rsplit("，", 1)[-1].rsplit(",", 1)[-1]:
                continue
            from_ = number_of(match[1])
            if match[4]:
                worth = number_of(match[4])
            elif match[5]:
                worth = (self.points or Decimal(0)) * number_of(match[5]) / 100
            else:
                worth = self.points or Decimal(0)
            steps.append((from_, worth, bool(match[2]) or bool(match[3] and "%" in match[0])))
        if len(steps) < 2 or any(later >= former for (former, *_), (later, *_) in pairwise(steps)):
            return False
        percent = any(step[2] for step in steps)
        completion = percent and bool(COMPLETION.search(self.title + self.text) or "完成" in self.text)
        name = "完成率" if completion else "实际"
        formula = " else ".join(
            f"{decimal_words(worth)} if {name} >= {decimal_words(from_)}" for from_, worth, _ in steps
        )
        self.method("steps", type="formula", formula=f"{formula} else 0", least=0)
        self.out.data.pop("start", None)
        if completion:
            self.out.data["basis"] = "completion"
            self.out.open.append("no-target")
        elif percent:
            self.out.data["unit"] = "%"
        self.take(r"\d")
        return True

    def _deduction(self) -> bool:
        found = LOSS.search(self.text)
        if found is not None:
            per, loss, share = number_of(found[2]), number_of(found[4]), found[3]
            percent = "百分点" in share or share == "%"
            basis = "completion"
            if not percent or (RATE.search(self.title) and not COMPLETION.search(self.title + self.text)):
                basis = "gap"
            worse_above = found[1].startswith(("高", "超", "增", "上"))
            if worse_above and basis == "completion":
                basis = "gap"
            self.out.data["basis"] = basis
            if not worse_above:
                self.out.data["better"] = "higher"
            if not percent and share:
                self.out.data["unit"] = share.removeprefix("个") or share
            self.out.open.append("no-target")
            self._counted("deduction", loss, per)
            self.take(r"每.*[扣减]|得满分|扣完")
            return True
        found = OCCURRENCE.search(self.text)
        if found is None:
            return False
        self.out.data |= {"unit": found[2], "when_blank": 0, "basis": "value"}
        self._counted("deduction", number_of(found[3]), number_of(found[1] or "1"))
        if len(re.findall(rf"(?<![多高计])[扣减]{NUMBER}分", self.text)) > 1:
            self.out.doubts.append("有几种扣分，只读了第一种")
        if self.find(r"(?:比|较|与)(?:上年|去年|上季|上月|同期)|同比"):
            self.out.doubts.append("扣分与上期比，实际数请填比上期多出的数")
        self.take(re.escape(found[0].split("，")[-1].split(",")[-1]))
        self.take(r"扣完|每.*[扣减]")
        return True

    def _counted(self, kind: str, points: Decimal, per: Decimal) -> None:
        method: dict[str, Any] = {"type": kind, "points": plain_number(points)}
        if per != 1:
            method["per"] = plain_number(per)
        most = self.most()
        if most is not None and most != self.points:
            method["most"] = plain_number(most)
        self.method(kind, **method)

    def _target(self) -> bool:
        managed = self.find(r"目标管理")
        by_rate = self.find(
            r"按(?:照)?[^,，;；。]{0,12}(?:完成率|完成比例|完成进度|完成情况|实际完成|比例)[^,，;；。]{0,8}(?:计|得|记|赋|折算|评|给)分?|完成率(?:×|\*|乘以?)(?:本项)?(?:分值|满分|权重)|得分=[^,，;；。]{0,20}(?:完成|实际)[^,，;；。]{0,12}(?:×|\*)"
        )
        whole = self.find(r"(?:完成|达到|实现|达标)[^,，;；。]{0,14}?(?:的|者)?[,，]?(?:得|计|记)(?:满分|\d+分)")
        if not managed and self.find(r"打分|测评|评议|评委"):
            return False
        if not (
            managed
            or by_rate
            or (whole and (self.out.data.get("start") or self.find(r"未完成[^,，;；。]{0,8}(?:按比例|不得分)|按比例")))
        ):
            return False
        method: dict[str, Any] = {"type": "target"}
        start = self.out.data.pop("start", None)
        if start is not None:
            method["start"] = plain_number(start)
        bonus = self.find(
            rf"(?:每)?超(?:过|额|出)?[^,，;；。\d]{{0,8}}({NUMBER})个?(?:百分点|%)[^,，;；。\d]{{0,6}}[,，]?(?:加|另加|奖励)({NUMBER})分"
        )
        if bonus is not None:
            extra: dict[str, Any] = {
                "points": plain_number(number_of(bonus[2])),
                "per": plain_number(number_of(bonus[1])),
            }
            most = self.find(rf"(?:最多|最高|累计)[^,，;；。\d]{{0,8}}(?:加|奖励)?({NUMBER})分")
            if most is not None:
                extra["most"] = plain_number(number_of(most[1]))
            method["bonus"] = extra
        if self.find(r"不封顶|上不封顶"):
            method["cap"] = None
        if managed and start is None and not by_rate:
            self.out.open.append("target-management")
        self.method("target", **method)
        self.out.open.append("no-target")
        self.take(r"目标管理|完成|按比例|超|加.*分|封顶|达到|达标|实现")
        return True

    def _addition(self) -> bool:
        found = self.find(
            rf"每[^,，;；。\n\d]{{0,20}}?({NUMBER})([^\d,，;；。\n加得计]{{1,4}})[^,，;；。\n\d]{{0,12}}?[,，]?(加|奖励?|得|计|记)({NUMBER})分"
        )
        if found is None:
            found = self.find(
                rf"每(个|次|项|件|篇|条|户|家|人|场)[^,，;；。\n\d]{{0,16}}?[,，]?(加|奖励?|得|计|记)({NUMBER})分"
            )
            if found is None:
                return False
            per, unit, verb, points = Decimal(1), found[1], found[2], number_of(found[3])
        else:
            per, unit, verb, points = number_of(found[1]), found[2], found[3], number_of(found[4])
        unit = unit.removesuffix("以上")
        self.out.data |= {
            "unit": "%" if "百分点" in unit else unit[-2:] if unit[:1] in "万亿" else unit[:1],
            "when_blank": 0,
        }
        extra = verb[0] in "加奖" and (not self.points or "加分" in self.title)
        if extra:
            self._counted("addition", points, per)
            if self.points and "most" not in self.out.data["method"]:
                self.out.data["method"]["most"] = plain_number(self.points)
        else:
            share = decimal_words(points) if per == 1 else f"{decimal_words(points)} / {decimal_words(per)}"
            most = self.most()
            if most is not None and self.points is not None and most != self.points:
                self.out.doubts.append(f"最高{decimal_words(most)}分与本项分值不同")
            self.method("count", type="formula", formula=f"实际 * {share}", least=0)
        self.take(r"每.*分|最[多高].*分|封顶")
        return True

    def _average(self) -> bool:
        if not self.find(
            r"(?:与|达到|高于|低于|按|除以)[^,，;；。]{0,10}平均(?:值|水平|数|分)[^,，;；。]{0,10}(?:比|计分|得|的)"
        ):
            return False
        self.method("average", type="average")
        self.out.doubts.append("与平均值怎样比，请核对")
        self.take(r"平均")
        return True

    def _marks(self) -> bool:
        if not self.find(
            r"评委|打分|评议|测评|评价得分|民意|问卷|满意度(?:调查|测评|评价)|评定(?:得分|档次|等次)|综合评定|现场评分|平均分|酌情"
        ):
            return False
        if self.find(r"评委|民主测评|评议|领导[^,，;；。]{0,6}打分|平均分"):
            method: dict[str, Any] = {"type": "judges"}
            trim = self.find(r"去掉(?:一|1)?个?最高分(?:和|、|及|与)?(?:去掉)?(?:一|1)?个?最低分")
            method["trim"] = 1 if trim else 0
            self.method("judges", **method)
        else:
            self.method("marks", type="share", out_of=plain_number(self.points or Decimal(100)))
            self.out.data["unit"] = "分"
        self.take(r"评委|打分|评议|测评|评定|满意度|平均分|酌情|最高分|评分")
        return True


_FAMILIES: tuple[Callable[[_Words], bool], ...] = (
    _Words._veto,
    _Words._within,
    _Words._ranking,
    _Words._bands_of_completion,
    _Words._deduction,
    _Words._target,
    _Words._addition,
    _Words._average,
    _Words._marks,
)
