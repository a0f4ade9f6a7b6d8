"""Why a number in a plan is no target: rewards, thresholds, past results, names, durations, lists that only sum up."""

from __future__ import annotations

import re
from bisect import bisect_left

from luoshi.extraction.clauses import Clauses
from luoshi.extraction.dimensions import MEASURES, TIMES
from luoshi.extraction.numerals import Quantity

_REWARD = re.compile(
    r"奖励|奖补|(?<!上级)补助|补贴(?!性)|给予|罚款|处以(?![上下内外])|处罚|贴息|资助(?!率)|罚金|扣减|扣罚|扣分|加分|得分|计分|分值|减免(?![^，,。；;]{0,10}(?:不少于|不低于|达到|超过))"
    r"|返还|免征|减按|按比例|配套补|(?<!担)保费(?!率)|拨付"
    r"|一次性奖|贷款期|授信|担保费(?!率)|担保贷款|贷款支持|押金|租金|收费标准|赔付|赔偿|起征|注册资本"
    # a rate is a condition, unless it is itself what must be reached: 平均费率降至1%以下
    r"|[税利费]率(?![^，,。；;]{0,8}(?:降|控制|不超过|不高于|不低于|低于|高于|达到|保持|稳定|压))"
    r"|利息|定额|缴纳|征收|罚没"
)
_CONDITION = re.compile(r"^[ \u3000]?(?:以上|以下|以内|及以上)?(?:的)?(?:[，,、]|等|且|的|或)")
_OF = re.compile(r"的[，,；;。：:、)）]|的(?:企业|单位|个人|项目|县市|县|乡镇|部门|园区|给予|予以|处|由|可|应|按|，)")
_PAST = re.compile(
    r"已(?:经|有|建|完|累|达|成|培|引|实|形|开|获|投|发|入|签)|(?<![项从由较比])目前|(?<!依托)(?<!利用)(?<![从由])现有|截至|截止"
    r"|(?<![较比与于])(?:上年|去年)|近年|以来|累计已|连续\d|过去|曾|历年|现状|当前|先后|占全国的?第|同期仅|仅为"
    r"|仅占|原有|实有|共有|共(?:投入|创建|发放|选派|派出)"
)
_PAST_DONE = re.compile(r"(?:完成|实现|增长|达到|突破|建成|新增|培育|引进|投入|争取|下降|提高)了")
_SUMMARY = re.compile(
    r"[ \u3000]?(?:等|共|共计|这|上述|以上|下列|以下|其余|其他|另外|所有|全部|全州|全市|全县|全省|全国|我州"
    r"|我市|我县|辖区|涉及|包括|现辖|辖)[ \u3000]?$"
)
_GROUP_NOUN = re.compile(
    r"[ \u3000]?(?:同志|方面|环节|阶段|重点(?:领域|工作|任务|行业|方面|环节)|领域|层面|关键|原则|小组|工作组"
    r"|督查组|检查组|专班|专项行动|专项|县市|县（|县\(|县区|市州|州市|部门|层次"
    r"|维度|支撑工程|工程|行动|步骤|类别|片区|问题|组成部分|大项|文件|附件|表格|战略|中心任务|主题|着力点|月"
    r"|季度|年度|台阶|招商组|服务团|大类|板块|要素|市场|[\u4e00-\u9fff]{0,4}(?:工作|工程|行动|任务|精准|机制"
    r"|措施|对策|制度|办法|体系|清单)(?:[，,。；;：:、]|$))"
)
_NEXT_NOUN = re.compile(r"[ \u3000]?(?:[\u4e00-\u9fff“（(]|[A-Za-z])")
NOT_NOUN = re.compile(
    r"[ \u3000]?(?:以上|以下|以内|之内|左右|上下|及以上)?[ \u3000]?(?:$|[，。；、！？：,;:（(）)”\]\s]|和|及|与|并"
    r"|且|而|或|以及|其中|力争|确保|到位|比例|的(?:目标|奋斗目标|要求|任务|增长|增速|净增长|幅度|比例|速度|规模"
    r"|增幅|标准|水平|预期|考核|工作|年度|总)"
    r"|目标|要求|任务|的目标|增长|增速|的速度|向|为全|为我|为推|推动|努力|在(?=20|\d{1,2}月|年|全|本)|以高|有力|进一步|不断|切实|全面|增强"
    r"|支撑|超过|高于|用于|投入|专项用|上升|下降|以更|到基层|到企业)"
)
_TOTAL_INVESTMENT = re.compile(
    r"(?:总投资|计划投资|估算投资|概算|投资总额|项目投资|占地|占地面积|建筑面积|注册资金|合同额|年产|产能"
    r"|计划总投资|总建筑面积|(?:^|规划|项目|建设)用地|用地面积|规划面积|预算)(?:额|约|为|达|近|超过|超|共)?[ \u3000]?$"
)
_DELIVERED_SIZE = re.compile(r"(?:新增|净增|形成|盘活|处置|供应|释放)[^，,、。；;]{0,24}$")
_DURATION = re.compile(r"时间|时限|开办|压缩|缩短|审批|办结|办理|到基层|到企业|调研|值班|周期|天数|蹲点|服务|驻村")
_CODE = re.compile(r"[A-Za-z+\-—/#＋]$")
_ORDINAL = re.compile(r"(?:第|No\.?|№|号|附件|表|图|GB|ISO|〔|电话|[：:]\s?1)[ \u3000]?$")
_LINES_BEFORE = re.compile(
    r"(?:线|线路|路|道|街|产业链|河|河流|渠|沟|溪|航班|管网)(?:[由从]\d{1,4}[ ]?条)?"
    r"(?:不少于|达到|达|增至|增到|增加到|增加至|扩至)?[ \u3000]?$"
)
_LINES = re.compile(r"[ \u3000]?(?:以上)?(?:的)?[\u4e00-\u9fffA-Za-z]{0,8}(?:线|道|路|街|链|河|渠|航班)")


_RATED = re.compile(r"满意度|满意率|测评|评价|指数|成绩|评分[^标办细]|得分率")

# Every part of such a title ends so: 发展基础和面临形势; 夯实发展基础, 品牌建设成效突出, 现状与目标 do not.
_BACKGROUND = re.compile(
    r"(?:(?:发展|工作|现有|现实|产业|建设)基础|(?:主要|工作|发展|实施|建设)成效|成就|现状|回顾|(?:发展|工作|基本|完成|实施)情况"
    r"|形势|机遇|挑战|(?:发展|外部)环境|存在(?:的)?(?:主要|突出)?(?:问题|困难|不足)|(?:主要|突出)问题|短板|背景|主要成绩)"
    r"(?:分析|研判)?$"
)
_LABEL = re.compile(
    r"^(?:第[一二三四五六七八九十]+[章节][ \u3000]*|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．][ \u3000]*)"
)
_TITLE_PARTS = re.compile(r"以及|[和与及、]")
_TASK = re.compile(
    r"夯实|筑牢|打牢|巩固|提升|提高|增强|确保|强化|加强|扩大|拓展|优化|改善|解决|整改|破解|针对|应对|抢抓|营造|补齐|宣传|建立|完善"
)


def is_background_title(title: str) -> bool:
    """Whether a heading opens a part that tells what is, not what is to be reached (发展基础, 主要成效, 面临形势)."""
    if len(title) > 40 or _TASK.search(title):
        return False
    title = _LABEL.sub("", title.strip(" \u3000。：:"))
    return all(_BACKGROUND.search(part) for part in _TITLE_PARTS.split(title))


def not_a_figure(text: str, quantity: Quantity, clauses: Clauses) -> str | None:
    """A Chinese reason where the number cannot be a figure of its own at all, whatever stands around it."""
    head = text[max(0, quantity.start - 6) : quantity.start]
    if clauses.quoted(quantity.start):
        return "引号或书名号内"
    if _ORDINAL.search(head) or _CODE.search(head):
        return "序号或编号"
    tail = text[quantity.end : quantity.end + 8]
    if quantity.unit == "条" and not (_LINES.match(text, quantity.end) or _LINES_BEFORE.search(head)):
        return "政策条数"
    if quantity.unit == "个" and tail[:1].isdigit():
        return "名称中的数字"
    if quantity.unit == "分" and not _RATED.search(text, max(0, quantity.start - 24), quantity.start):
        return "计分"
    if starting_value(text, quantity):
        return "变化的起点"
    return None


def reward_places(text: str) -> tuple[int, ...]:
    """Where a paragraph speaks of rewards, subsidies, fines, points or loans; found once, looked up by ``rewarded``."""
    return tuple(match.start() for match in _REWARD.finditer(text))


def rewarded(text: str, clauses: Clauses, rewards: tuple[int, ...], quantity: Quantity) -> bool:
    """Whether the number belongs to a reward, subsidy, fine, scoring rule or loan rule."""
    if not rewards:
        return False
    start, end = clauses.clause(quantity.start)
    if _any_within(rewards, start, end):
        return True
    if quantity.unit not in MEASURES and not _OF.search(text[quantity.end : min(end + 1, quantity.end + 16)]):
        return False
    if _RATE_SET.search(text, start, quantity.start) and not _TERMS.search(text, start, end):
        return False  # 得分90分以上的为优秀，优秀比例不超过25%: the clause sets its own bound
    low, high = clauses.part(quantity.start)
    if _any_within(rewards, max(low, start - 80), start):
        return True
    # 安排资金不低于3000万元，对首次升规的企业给予奖励: an amount promised before the rule of reward begins
    promised = _PROMISED.search(text, start, quantity.start) and not _TERMS.search(text, start, end)
    return not promised and _any_within(rewards, end, min(high, end + 80))


_PROMISED = re.compile(
    r"[\u4e00-\u9fff]{2,}(?:不低于|不少于|不小于|至少|达到|突破|完成|新增|不高于|不超过|控制在|稳定在|保持在|压减|增长)"
    r"[ \u3000]?(?:[\u4e00-\u9fff]{2,12})?$|(?:压减|新增)[\u4e00-\u9fff]{2,12}$"
)
_RATE_SET = re.compile(
    r"(?:率|比例|占比|比重)(?:原则上)?(?:不低于|不少于|不得低于|不高于|不超过|不得超过|控制在|达到|稳定在|保持在)[^，,、]{0,16}$"
)
_TERMS = re.compile(r"^[ \u3000]?(?:对|凡|按|每|给|单|最高|年度?销售)|的[ \u3000]?$|(?:企业|项目|个人|单位)[ \u3000]?$")


def _any_within(places: tuple[int, ...], low: int, high: int) -> bool:
    index = bisect_left(places, low)
    return index < len(places) and places[index] < high


_SHARE_DUTY = re.compile(
    r"(?:以上)?的[^，,。；;\d]{1,40}?(?:实现|达到|完成|建立|建成|通过|纳入|覆盖|开展|具备|设置|配备|建有)"
)
# 100%县级医院达到…, 中心校50%以上达到…, 二级医院100%设置…: a share right before or behind the group that must do it
_SHARE_OF_GROUP = re.compile(
    r"(?:以上)?[ \u3000]?(?:实现|达到|完成|建立|建成|通过|纳入|覆盖|开展|具备|设置|设立|配备|建有|接入)"
    r"[^，,。；;]{0,4}[\u4e00-\u9fff]{2}"
)
_SHARE_THEN_GROUP = re.compile(
    r"(?:以上)?[\u4e00-\u9fff]{1,16}?(?:院|校|所|站|厂|局|镇|乡|村|县|市|区|社区|企业|机构|单位|园区|中心|部门|学校|政府|户|人员|基地)"
    r"(?:实现|达到|完成|建立|建成|通过|纳入|开展|具备|设置|配备|建有)"
)
RATE_NOUN = re.compile(r"[ \u3000]?的?(?P<noun>净增长率|增长率|增速|增幅|年均增速|比例)")


def share_duty(text: str, quantity: Quantity) -> bool:
    """``50%以上的项目…实现…``: the share of a group that must do something; ``按10%的比例`` likewise."""
    return quantity.unit == "%" and bool(
        _SHARE_DUTY.match(text, quantity.end)
        or RATE_NOUN.match(text, quantity.end)
        or _SHARE_OF_GROUP.match(text, quantity.end)
        or _SHARE_THEN_GROUP.match(text, quantity.end)
    )


def threshold(text: str, quantity: Quantity, end: int) -> bool:
    """Whether the number only qualifies the noun behind it (``亿元以上项目``, ``20万吨多晶硅``)."""
    if quantity.form in ("fraction", "half", "tenths"):
        return False  # 三分之二以上行政村: a share of the noun, not its size
    if _TAKE_PART.match(text, quantity.end):
        return True
    if quantity.unit in ("户", "人") and _SIZED.match(text, quantity.end):
        return True
    if quantity.unit not in MEASURES:
        # 涉及两个以上单位的，由…: the count is a rule's condition
        return bool(_OF_NOUN.match(text, end) or _WHOEVER.match(text, quantity.end) or _FACES.match(text, quantity.end))
    if NOT_NOUN.match(text, quantity.end) or share_duty(text, quantity):
        return False
    if _FUNDED.search(text, max(0, quantity.start - 30), quantity.start):
        return False  # 组建总规模50亿元的基金
    if quantity.unit == "%" and _COVERS.search(text, max(0, quantity.start - 14), quantity.start):
        return False  # 覆盖80%以上的社区, 安排不少于10%的用地指标
    if _AMOUNT_DONE.search(text, max(0, quantity.start - 6), quantity.start) and _WORK_DONE.match(text, end):
        return False  # 完成5万人以上供水保障提升任务: so much is done, nothing is sized
    return _NEXT_NOUN.match(text, end) is not None


_FUNDED = re.compile(r"(?:设立|组建|成立|建立)[^，,。；;\d]{0,14}规模(?:为|达到?|约|超过?|不低于|不少于)?[ \u3000]?$")
_COVERS = re.compile(
    r"(?:覆盖|惠及|普及|(?:安排|预留|提取|拿出|划出|单列)[^，,。；;\d]{0,6}(?:不少于|不低于|至少))[ \u3000]?$"
)
_AMOUNT_DONE = re.compile(r"(?:完成|解决|保障|培训|惠及|带动)[ \u3000]?$")
_WORK_DONE = re.compile(r"[^，,、。；;\d]{2,24}(?:任务|改造|提升|培训|治理|就业|建设|饮水|安全|问题)(?=[，,。；;、]|$)")
_OF_NOUN = re.compile(r"的(?:[，,；;。：:、)）]|企业|项目|单位)")
# 逾期3次以上的全州通报
_FACES = re.compile(
    r"(?:及|或)?以[上下内]的[^，,。；;\d]{0,6}?(?:通报|约谈|问责|取消|追究|责令|扣|一票否决|予以|给予|不得)"
)
_WHOEVER = re.compile(r"(?:及|或)?以[上下内][\u4e00-\u9fff]{1,16}(?<![目标])的[，,；;]")
_CONDITIONAL = re.compile(
    r"[ \u3000]*(?:凡是?|如果|若|对于|对(?![口接标外]))|.{0,60}(?:是指|可按|可在|可以|可享|可申请)", re.S
)
# 举办10户以上企业参加的推介会
_TAKE_PART = re.compile(r"以上[\u4e00-\u9fff]{1,12}(?:参加|参与|出席|组成|加入)的")
_SIZED = re.compile(r"以上(?:的)?(?:自然村|村民小组|村庄|搬迁点|安置点|集镇|居民点|单位|学校|行政村)")


def conditional(head: str) -> bool:
    """Whether a clause sets the condition of a rule (``凡幼儿数10人以上，…``)."""
    return _CONDITIONAL.match(head) is not None


def statistic(quantity: Quantity) -> bool:
    """Whether a share is printed to two decimals (``达90.06%``): measured results are, goals are round."""
    exponent = quantity.value.as_tuple().exponent
    return quantity.unit == "%" and quantity.form == "number" and isinstance(exponent, int) and exponent <= -2


def attribute(text: str, quantity: Quantity, following: Quantity | None) -> bool:
    """Whether a count belongs to the subject of a second number (``6个项目完成投资6000万元``)."""
    if following is None or following.start - quantity.end > 60 or following.start - quantity.end < 2:
        return False
    between = text[quantity.end : following.start]
    return not re.search(r"[，,。；;、：:（）()和及与或]", between) and not (
        following.chinese and following.unit == "元"
    )


def past(clause: str, sentence_head: str) -> bool:
    """Whether a clause tells what has been reached, not what is to be reached."""
    return bool(
        _PAST.search(clause)
        or _PAST_DONE.search(clause)
        or re.search(
            r"(?<![项从由较比])目前|截至|截止|过去|近年来|以来，|(?<!依托)(?<!利用)(?<![从由])现有", sentence_head
        )
    )


_SIZE_END = re.compile(r"\d[万亿]?[\u4e00-\u9fff]{1,3}以上[ \u3000]?$")
_EACH_GETS = re.compile(r"各(?:设立|设|新建|建成|建|配备|培育|打造|创建)[ \u3000]?$|(?:覆盖|惠及|带动)[ \u3000]?$")


def sums_up(text: str, low: int, quantity: Quantity, commits: bool) -> bool:
    """Whether ``A、B、C等4个工程`` only counts what was listed, or the number belongs to a group's or method's name."""
    if _EACH_GETS.search(text, low, quantity.start) or _SIZE_END.search(text, low, quantity.start):
        return False
    if not commits and _GROUP_NOUN.match(text, quantity.end):
        return True
    head = text[low : quantity.start]
    match = _SUMMARY.search(head)
    if match and "等" not in match[0]:
        return not commits
    listed = head.count("、") + 1 + head.count("和")
    return listed >= 2 and quantity.value <= listed + 1 and not commits and (bool(match) or listed >= 3)


def project_size(head: str) -> bool:
    """Whether the number is the size of a project (总投资3亿元), not a target (新增产能12吉瓦, 供应建设用地800亩)."""
    return _TOTAL_INVESTMENT.search(head) is not None and not _DELIVERED_SIZE.search(head)


_STARTING_VALUE = re.compile(r"(?:由|从)[^，,。；;：:]{0,14}$")
_RISES = re.compile(r"[ \u3000]?(?:提高|提升|下降|降低|降|增加|增长|扩大|上升|减少|压减|压缩|缩短|调整|发展|到|至)")


def starting_value(text: str, quantity: Quantity) -> bool:
    """Whether the number is only what a change begins with (由2025年的42%提高到60%)."""
    return bool(
        _RISES.match(text, quantity.end) and _STARTING_VALUE.search(text, max(0, quantity.start - 18), quantity.start)
    )


_ENLISTED = re.compile(r"(?:列入|纳入|入选|入围)[^，,。；;]{0,60}$")
_NAMED = re.compile(r"[\u4e00-\u9fff]{1,10}[（(][^（()）]{2,80}、")
_MEMBERS = re.compile(r"[^，,。；;、\d]{1,16}的[\u4e00-\u9fff]{2,12}(?:[，,、。；;（(]|和|及)")


def enlisted(text: str, low: int, quantity: Quantity) -> bool:
    """Whether a count belongs to the list in which others stand already (列入60个强镇的甲镇、乙镇)."""
    if text[quantity.start - 1 : quantity.start] == "的" and _NAMED.match(text, quantity.end):
        return True  # 创建一流小镇的4个小镇（甲镇、乙镇…）完成投资…
    return bool(_ENLISTED.search(text, low, quantity.start) and _MEMBERS.match(text, quantity.end))


def duration(quantity: Quantity, head: str) -> bool:
    """Whether days or hours are measured as a target (企业开办时间不超过3天) rather than as a deadline."""
    return (
        quantity.unit in TIMES and not _DURATION.search(head) and not re.search(r"每[年月季人][^，,。；]{0,8}$", head)
    )
