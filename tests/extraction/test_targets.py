"""Quantified commitments: what is one, what is none, and how each is read."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from luoshi.extraction.exclusions import is_background_title
from luoshi.extraction.model import Context, TargetDraft
from luoshi.extraction.targets import find_targets
from tests.extraction.phrases import FINDERS, HOSTILE, PLAN, broken, check_provenance, para, phrase_texts


def targets(text: str, context: Context = PLAN) -> list[TargetDraft]:
    """The targets of a text, their provenance checked."""
    found = find_targets(para(text), context)
    check_provenance(para(text), found)
    return found


def short(found: list[TargetDraft]) -> list[str]:
    """Indicator, comparator, value and unit in one line."""
    return [
        f"{t.indicator} {t.comparator.value} {t.value.normalize():f}"
        + (f"—{t.value_max:f} {t.unit}" if t.value_max else f" {t.unit}")
        for t in found
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("规模以上工业增加值增长15%。", ["规模以上工业增加值 = 15 %"]),
        ("企业净增4280户，个体工商户净增10310户。", ["企业净增 = 4280 户", "个体工商户净增 = 10310 户"]),
        ("新增贷款 100 亿元以上。", ["新增贷款 >= 10000000000 元"]),
        ("不良贷款率降至 3% 以内。", ["不良贷款率 <= 3 %"]),
        ("企业开办时间不超过3天。", ["企业开办时间 <= 3 天"]),
        ("失业率控制在4.2%以内。", ["失业率 <= 4.2 %"]),
        ("重点产业增加值占生产总值比重达70%左右。", ["重点产业增加值占生产总值比重 ~ 70 %"]),
        ("绿色产业产值突破500亿元。", ["绿色产业产值 >= 50000000000 元"]),
        ("资源利用率超过60%。", ["资源利用率 > 60 %"]),
        ("单位能耗低于0.5吨。", ["单位能耗 < 0.5 吨"]),
        ("新增上市企业1户、规上工业企业20户以上。", ["新增上市企业 = 1 户", "新增规上工业企业 >= 20 户"]),
        ("实施智能制造项目2个、技术创新项目10个。", ["实施智能制造项目 = 2 个", "实施技术创新项目 = 10 个"]),
        ("新认定省级技术中心1户,州级技术中心5户。", ["新认定省级技术中心 = 1 户", "新认定州级技术中心 = 5 户"]),
        ("确保引进2家至3家链主企业。", ["引进链主企业 = 2—3 家"]),
        ("每年选择1—2个乡镇开展示范。", ["选择乡镇开展示范 = 1—2 个"]),
        ("农产品加工产值与农业产值比达2.5:1。", ["农产品加工产值与农业产值比 = 2.5 :1"]),
        ("规上企业数量从80户增加到120户。", ["规上企业数量 = 120 户"]),
        ("改造危房3000户，惠及1.2万人。", ["改造危房 = 3000 户", "惠及人数 = 12000 人"]),
        ("细颗粒物浓度控制在20微克/立方米以内。", ["细颗粒物浓度 <= 20 微克/立方米"]),
        ("三分之二以上行政村通公交。", ["行政村通公交 >= 66.6667 %"]),
        ("公交通达率达到百分之九十五以上。", ["公交通达率 >= 95 %"]),
        ("旅游收入翻一番。", ["旅游收入 = 2 倍"]),
        ("打造5个千亿级和6个百亿级产业集群。", ["打造千亿级 = 5 个", "打造百亿级产业集群 = 6 个"]),
        ("将云岭高新区打造成两千亿园区。", ["云岭高新区打造成园区 = 200000000000 元"]),
        ("力争每县建立一个创业孵化基地。", ["每县建立创业孵化基地 = 1 个"]),
        ("领导班子成员每月到基层接访不少于2次。", ["领导班子成员每月到基层接访 >= 2 次"]),
        ("至少培育1户龙头企业、2户重点企业。", ["培育龙头企业 >= 1 户", "培育重点企业 >= 2 户"]),
        ("按12%的净增长率确定目标。", ["净增长率 = 12 %"]),
        ("50%以上的政府采购项目实现线上交易。", ["政府采购项目实现线上交易 >= 50 %"]),
        ("资金投入不低于衔接资金的70%。", ["资金投入 >= 70 %"]),
        ("白水县18个贫困村出列。", ["白水县贫困村出列 = 18 个"]),
        ("引进亿元以上项目45个。", ["引进亿元以上项目 = 45 个"]),
        ("引进超10亿元优质项目15个以上。", ["引进超10亿元优质项目 >= 15 个"]),
        (
            "发展蔬菜5万亩、水果3万亩、花卉1万亩。",
            ["发展蔬菜 = 50000 亩", "发展水果 = 30000 亩", "发展花卉 = 10000 亩"],
        ),
        (
            "新增服务业企业60户(零售业50户、房地产业10户)以上。",
            ["新增服务业企业 >= 60 户", "新增零售业 = 50 户", "新增房地产业 = 10 户"],
        ),
        ("工业增加值增长9%（可比价），客运周转量增长6.5%以上（错月）。", ["工业增加值 = 9 %", "客运周转量 >= 6.5 %"]),
        ("管护渠道8000处以上，受益面积不低于12万亩。", ["管护渠道 >= 8000 处", "受益面积 >= 120000 亩"]),
        ("融资担保平均费率降至1.2%以下，新增担保额至少5亿元。", ["费率 <= 1.2 %", "新增担保额 >= 500000000 元"]),
        ("贷款平均利率不超过4%。", ["贷款平均利率 <= 4 %"]),
        ("新增绿色电力装机12吉瓦。", ["新增绿色电力装机 = 12 吉瓦"]),
        ("供应工业用地900亩以上。", ["供应工业用地 >= 900 亩"]),
        ("盘活闲置用地300亩、低效用地150亩。", ["盘活闲置用地 = 300 亩", "低效用地 = 150 亩"]),
        ("培育企业25家、园区30个、茶庄园4座。", ["培育企业 = 25 家", "培育园区 = 30 个", "培育茶庄园 = 4 座"]),
        ("安排发展资金不低于2000万元，对首次上规的企业给予5万元奖励。", ["安排发展资金 >= 20000000 元"]),
        ("储备重点项目90个，总投资不低于300亿元。", ["储备重点项目 = 90 个", "总投资 >= 30000000000 元"]),
        ("开展补贴性技能培训1.8万人次。", ["开展补贴性技能培训 = 18000 人次"]),
        ("群众满意度达到90分以上。", ["群众满意度 >= 90 分"]),
        ("参保率达到95%，每千老年人口护理床位数42张。", ["参保率 = 95 %", "每千老年人口护理床位数 = 42 张"]),
        (
            "新引进项目80个，其中20亿元以上3个、5亿元以上12个。",
            ["新引进项目 = 80 个", "新引进项目（20亿元以上） = 3 个", "新引进项目（5亿元以上） = 12 个"],
        ),
        (
            "完成税收90亿元，增长6%。其中：甲部门52亿元，乙部门38亿元。",
            ["完成税收 = 9000000000 元", "完成税收 = 6 %", "甲部门 = 5200000000 元", "乙部门 = 3800000000 元"],
        ),
        ("在甲县、乙县各设1个服务站。", ["在甲县、乙县各设服务站 = 1 个"]),
        ("县域公交覆盖12个乡镇。", ["县域公交覆盖乡镇 = 12 个"]),
        ("依托现有企业引进上下游项目15个以上。", ["依托现有企业引进上下游项目 >= 15 个"]),
        ("90%以上的村达到整洁标准。", ["村达到整洁标准 >= 90 %"]),
        ("中心卫生院100%设置康复门诊。", ["中心卫生院设置康复门诊 = 100 %"]),
        ("入户率由2025年的50%提高到70%。", ["入户率 = 70 %"]),
        ("首批5月底前建成30座。", ["首批建成 = 30 座"]),
        ("减免税费不少于2亿元，压减材料30%以上。", ["减免税费 >= 200000000 元", "压减材料 >= 30 %"]),
        ("用水报装时限压缩至5个和3个工作日以内。", ["报装时限 <= 5 个工作日", "报装时限 <= 3 个工作日"]),
        ("食品抽检不少于4批次/千人。", ["食品抽检 >= 4 批次/千人"]),
        ("小麦播种面积稳定在20万亩、产量稳定在8万吨。", ["小麦播种面积 = 200000 亩", "小麦产量 = 80000 吨"]),
        ("处理率从目前的55%提高到85%，铺设管网260公里。", ["处理率 = 85 %", "铺设管网 = 260 公里"]),
        ("打通断头路5条。", ["打通断头路 = 5 条"]),
        ("应急供水能力达到每日3万立方米。", ["应急供水能力 = 30000 立方米"]),
        ("开工建设水库40座，完工25座。", ["开工建设水库 = 40 座", "水库完工 = 25 座"]),
        ("县级领导每人包联企业2至4户。", ["县级领导每人包联企业 = 2—4 户"]),
        ("建制镇污水处理率到2028年达到90%。", ["建制镇污水处理率 = 90 %"]),
        ("2026年5月20日前清偿不低于七成。", ["清偿 >= 70 %"]),
        ("文件不超过10页，贫困发生率下降0.5个百分点。", ["文件 <= 10 页", "贫困发生率 = 0.5 百分点"]),
    ],
)
def test_a_commitment_is_found_with_its_name(text: str, expected: list[str]) -> None:
    found = short(targets(text))
    assert [line.split(" ", 1)[1] for line in found] == [line.split(" ", 1)[1] for line in expected]
    for line, wanted in zip(found, expected, strict=True):
        name, goal = line.split(" ")[0], wanted.split(" ")[0]
        assert name in goal or goal in name


@pytest.mark.parametrize(
    "text",
    [
        "对新认定的企业每户给予2万元补助。",
        "对主营业务收入增长15%以上的企业,按照增长部分的2‰给予补助,单户企业补助不超过50万元。",
        "发放不超过15万元担保贷款支持。",
        "每发现一次扣5分，罚款不超过3万元。",
        "2025年完成固定资产投资80亿元，增长12%。",
        "目前，全州已建成标准化厂房20万平方米。",
        "截至2025年底，全州有规上企业300户，森林覆盖率达70%。",
        "“十四五”期间，农村供水率达到90%。",
        "深入实施“1133”战略和“3个100”工程，抓好“十大行动”。",
        "落实省22条、州26条稳增长政策措施。",
        "云政发〔2026〕12号文件第3项要求继续执行。",
        "完善新企业培育、停产企业复工、促销扩产、质量强企等4个支撑工程。",
        "加快宇星公司20万吨多晶硅项目建设。",
        "对投资2亿元以上的工业项目进行动态管理。",
        "项目总投资3亿元。",
        "领导小组每季度专题研究1次重点工作。",
        "任务分解到3个方面、5个环节。",
        "凡在校学生10人及以上的学校都要设卫生室。",
        "电话：3139166，收到文件后5个工作日内报送。",
        "一是提高认识，建立一个机制。",
        "贫困患者费用报销比例达90.06%。",
        "列入全省60个名镇的甲镇、乙镇要加快建设。",
        "举办20户以上企业参加的对接会。",
        "对逾期不还的处以3万元以下罚款。",
        "按贷款利率3%计算。",
        "规划用地300亩。",
        "贷款利率不高于同期报价加30个基点。",
        "每迟报一次扣2分。",
        "打造省级小镇的4个小镇（甲镇、乙镇、丙镇、丁镇）加快建设。",
    ],
)
def test_what_commits_nobody_is_no_target(text: str) -> None:
    assert short(targets(text)) == []


@pytest.mark.parametrize(
    ("text", "change", "direction"),
    [
        ("工业增加值增长15%。", True, "up"),
        ("净增市场主体1万户。", True, "up"),
        ("新增规上企业20户。", True, "up"),
        ("投资增速达到24%。", True, "up"),
        ("投资较上年增加24%以上。", True, "up"),
        ("会议数量减少30%。", True, "down"),
        ("单位能耗较2025年下降14%以上。", True, "down"),
        ("合格率提高到96%。", False, "up"),
        ("不良率降至3%以内。", False, "up"),
        ("引进企业5户。", False, "up"),
        ("新培育企业5户。", False, "up"),
        ("减排量达4232吨。", False, "up"),
        ("工业增加值达到50亿元。", False, "up"),
        ("人口自然增长率保持在6‰以内。", False, "up"),
        ("新建和改造提升农田8万亩。", False, "up"),
        ("新增用地指标用于工业的比例不低于40%。", False, "up"),
        ("粮食单产提升3%以上。", True, "up"),
        ("力争增速9%。", True, "up"),
    ],
)
def test_a_change_is_told_from_a_level(text: str, change: bool, direction: str) -> None:
    [found] = targets(text)
    assert (found.change, found.direction) == (change, direction)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("增加值增长15%。", 2028),
        ("全年增加值增长15%。", 2026),
        ("2027年增加值增长15%。", 2027),
        ("到2028年，覆盖率达到95%以上。", 2028),
        ("覆盖率较2020年提高5个百分点。", 2028),
        ("每年培训教师100人以上。", 2028),
        ("“十五五”期间，制定标准10项以上。", 2030),
        ("线路较“十四五”时期增加20%以上。", 2028),
        ("力争到2027年通车里程突破900公里，客运量年均增长5%。", 2027),
        ("合格率由2025年的42%提高到60%。", 2028),
        ("2027年底前，供水率达到98%以上。漏损率控制在10%以内。", 2027),
        ("年均增长10%以上，力争投资达50亿元。", 2028),
        ("到2027年，供水率达到98%以上。每个乡镇培训教师20人以上。", 2027),
        ("到2027年，供水率达到98%以上。今年培训教师20人以上。", 2026),
    ],
)
def test_a_target_has_its_year(text: str, year: int) -> None:
    found = targets(text)
    assert found[-1].year == year if "每个" in text or "今年" in text else found[0].year == year


def test_without_a_year_anywhere_the_year_is_open() -> None:
    [found] = targets("增加值增长15%。", Context())
    assert found.year is None


def test_respective_numbers_get_one_name_each() -> None:
    found = targets("力争产业投资和民间投资的增速分别达到 24% 和 26%。")
    assert short(found) == ["产业投资增速 = 24 %", "民间投资增速 = 26 %"]
    assert all(t.change for t in found)


def test_respective_numbers_share_their_comparator() -> None:
    found = targets("省级、州级园区年产值分别超过20亿元、10亿元。")
    assert [t.comparator.value for t in found] == [">", ">"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "城镇和农村居民人均消费支出分别增长5%和7%以上。",
            ["城镇居民人均消费支出 >= 5 %", "农村居民人均消费支出 >= 7 %"],
        ),
        (
            "大米、面粉、食用油储备分别不少于900吨、600吨和200吨。",
            ["大米储备 >= 900 吨", "面粉储备 >= 600 吨", "食用油储备 >= 200 吨"],
        ),
        ("绿化率、通达率分别稳定在50%和70%左右。", ["绿化率 ~ 50 %", "通达率 ~ 70 %"]),
        ("道路完好率、桥梁检测率分别达到92%和88%。", ["道路完好率 = 92 %", "桥梁检测率 = 88 %"]),
        (
            "入学率达到99%，巩固率达到95%。到2028年，上述两项指标分别达到99.5%和97%。",
            ["入学率 = 99 %", "巩固率 = 95 %", "入学率 = 99.5 %", "巩固率 = 97 %"],
        ),
    ],
)
def test_names_of_a_list_share_their_end_and_its_bound(text: str, names: list[str]) -> None:
    assert short(targets(text)) == names


def test_a_part_of_what_is_added_is_added_too() -> None:
    found = targets("新增经营主体5000户以上，其中企业不少于800户。")
    assert [(t.value, t.change) for t in found] == [(5000, True), (800, True)]


def test_a_bound_does_not_reach_over_a_comma() -> None:
    found = targets("储备水泵至少120台，供水能力达到2万立方米。")
    assert [t.comparator.value for t in found] == [">=", "="]


def test_tiers_are_named_with_their_subject() -> None:
    found = targets("1. 一般公共预算收入。2026年工作目标为86亿元，增长8%；奋斗目标为88亿元，增长10%。")
    assert [t.indicator for t in found] == [
        "一般公共预算收入工作目标",
        "一般公共预算收入工作目标",
        "一般公共预算收入奋斗目标",
        "一般公共预算收入奋斗目标",
    ]


def test_a_nameless_share_takes_the_subject_before_it() -> None:
    found = targets("重点产业增加值增长8%，占生产总值比重保持在70%以上。")
    assert found[1].indicator == "重点产业增加值占生产总值比重"


def test_reasons_say_what_was_read() -> None:
    [found] = targets("新增贷款不低于180亿元。")
    assert "“不低于”读作≥" in found.reason
    assert "折合为元" in found.reason
    assert found.value == Decimal(18_000_000_000)


def test_a_phrase_that_a_line_end_broke_is_pointed_at_where_its_number_stands() -> None:
    paragraph = broken("力争绿色能源和绿色", "制造业增加值增长15%，产值突破", "500亿元。", first=3, step=2)
    found = find_targets(paragraph, PLAN)
    check_provenance(paragraph, found)
    assert [(t.line, t.text) for t in found] == [(5, "制造业增加值增长15%"), (7, "500亿元")]
    assert found[0].indicator == "绿色能源和绿色制造业增加值"


def test_rows_of_tables_are_left_to_the_tables() -> None:
    assert find_targets(replace(para("企业净增4280户。"), style="row"), PLAN) == []


def test_a_flattened_table_is_no_sentence() -> None:
    assert targets("5% " * 200) == []


@pytest.mark.parametrize(
    "title", ["一、发展基础", "（二）主要成效", "面临形势", "现状及存在问题", "发展基础与面临的机遇和挑战"]
)
def test_headings_of_background_are_known(title: str) -> None:
    assert is_background_title(title)


@pytest.mark.parametrize(
    "title", ["一、目标任务", "（二）重点工作", "夯实发展基础", "品牌建设成效突出", "发展现状和目标", ""]
)
def test_other_headings_are_none(title: str) -> None:
    assert not is_background_title(title)


@settings(max_examples=300)
@given(phrase_texts)
def test_any_text_gives_finite_targets_that_lead_back_to_it(text: str) -> None:
    for target in targets(text):
        assert target.value.is_finite()
        assert target.value >= 0
        assert target.value_max is None or target.value_max > target.value
        assert target.unit
        assert target.indicator
        assert target.direction in ("up", "down")


SENTENCE = (
    "2026年净增市场主体1.5万户，其中企业4280户以上，力争增长15%，较上年提高2个百分点。（牵头单位：州甲局；责任单位：州乙局、"
    "丙市、丁县人民政府和州戊办）由州己局牵头，州庚局配合，每月3日前报送，6月底前完成。"
)


def elapsed(text: str) -> float:
    """The shortest of three times that all finders need for a text."""
    paragraph, best = para(text), float("inf")
    for _ in range(3):
        start = time.process_time()
        for find in FINDERS:
            find(paragraph, PLAN)
        best = min(best, time.process_time() - start)
    return best


def test_time_grows_with_the_length_of_a_paragraph() -> None:
    assert elapsed(SENTENCE * 200) < 10 * 3 * elapsed(SENTENCE * 20)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_quickly(name: str) -> None:
    assert elapsed(HOSTILE[name]) < 2
