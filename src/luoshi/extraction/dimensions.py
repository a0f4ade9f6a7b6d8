"""The units that plans print behind numbers (户, 亿元, 平方米…), and what must not follow them to be read as such."""

from __future__ import annotations

import re

from luoshi.extraction.words import words

#: Units of things measured; a number with one of them and a noun behind it is a threshold or a size.
MEASURES = frozenset(
    words(
        "元 美元 欧元 港元 亩 公顷 平方米 平方公里 立方米 千瓦 万千瓦时 千瓦时 兆瓦 兆瓦时 吉瓦 吉瓦时 GW MW kW 吨 "
        "吨标准煤 公里 米 公斤 千克 微克 毫克 % ‰ 百分点 度 人 标箱 分"
    )
)
#: Units of time that a target may be measured in (企业开办时间不超过3天).
TIMES = frozenset(words("天 日 小时 个小时 分钟 工作日 个工作日"))
# Periods and places (年, 月, 季度, 级, 号…) are no units of a plan's figures.
UNITS = words(
    "个百分点 百分点 人民币元 平方公里 平方千米 平方米 立方米 吨标准煤 标准煤 万千瓦时 千瓦时 兆瓦时 吉瓦时 千瓦 兆瓦 "
    "吉瓦 公里 千米 公顷 公斤 千克 美元 欧元 港元 人次 户次 场次 架次 班次 批次 台套 台(套) 台（套） "
    "个工作日 工作日 个小时 小时 分钟 标箱 % ‰ 元 户 家 个 名 人 项 件 次 天 日 亩 吨 度 米 套 张 所 座 处 台 "
    "辆 只 头 羽 匹 株 棵 册 场 篇 门 支 位 倍 页 字 种 枚 例 间 栋 盏 块 宗 份 成 款 幅 对 艘 架 眼 口 公升 升 "
    "条 标台 GW MW kW 微克 毫克 分 部 期 批 轮 轮次 平米 ㎡ km 人(次) 人（次） 枝 类"
)
_SAME = {
    "个百分点": "百分点",
    "人民币元": "元",
    "平方千米": "平方公里",
    "千米": "公里",
    "平米": "平方米",
    "㎡": "平方米",
    "km": "公里",
    "人(次)": "人次",
    "人（次）": "人次",
    "台(套)": "台套",
    "台（套）": "台套",
}
# What must not follow: 个月, 个100 (“3个100”), 人民, 日前, 次年, 家庭, 户籍, 元月, 位于, 项目…
_NOT_BEFORE = {
    "个": r"月|\d|工作日|基点",
    "人": "民|才|大|均|社",
    "日": "前|至|—|-|起|上午|下午|内|印|之前|以前",
    "次": "年|日|性",
    "家": "庭|具",
    "户": "籍|外",
    "元": "月|旦|谋",
    "位": "于|置|居",
    "字": "”",
    "所": "有|在|属",
    "门": "户|类",
    "条": "例|件",
    "项": "目",
    "米": "线",
    "名": "称|单|录|牌|优",
    "件": "”",
    "张": "牌",
    "天": "然",
    "种": "植|养|业|子|苗",
    "场": "所|地",
    "支": "持|出",
    "处": "理|置",
    "台": "账|阶",
    "头": "部",
    "部": "门|分|署|委|队|长|位|落|属|级|件|省|机|土|署",
    "期": "间|末|限|货|望|待|刊|权|数|内|初|中|满|工程|项目|建设",
    "批": "准|复|评|次|发|零|示|转|判",
    "轮": "换|训|岗|流|作|胎|候|回|机",
}
# Rare units that count as such only before these.
_ONLY_BEFORE = {
    "成": "以上|左右|、|，|。|,|；|$",
    "度": "以上|以下|以内|，|。|、|$",
    "口": "井",
    "对": "夫妇|新人",
    "升": "以上|、|，|。",
    "类": "以上|左右|、|，|。|；|$",
    "分": "以上|以下|左右|、|，|。|,|；|;|）|和|$",
}


def _pattern(unit: str) -> str:
    if unit in _NOT_BEFORE:
        return f"{re.escape(unit)}(?!{_NOT_BEFORE[unit]})"
    if unit in _ONLY_BEFORE:
        return f"{re.escape(unit)}(?={_ONLY_BEFORE[unit]})"
    return re.escape(unit)


#: A pattern for any unit, the longest first, with what it is counted by (件/万人).
UNIT = (
    "(?:"
    + "|".join(_pattern(unit) for unit in sorted(UNITS, key=len, reverse=True))
    + ")(?:/(?:亩|公里|立方米|升|万人|千人|百人|万户|百户|人|户|个|平方米|吨|万元))?"
)


def base_unit(printed: str | None) -> str:
    """The name under which a unit is kept (个百分点 → 百分点); empty where none is printed."""
    return _SAME.get(printed or "", printed or "")
