"""The verbs of commitment: what is delivered, what is intended, and how a number's words begin."""

from __future__ import annotations

import re

from luoshi.extraction.words import any_of, words

VERBS = words(
    "新增 净增 新建 改建 扩建 改扩建 建成 建设 建立 创建 打造 培育 新培育 培养 培训 引进 招引 引入 新认定 "
    "认定 遴选 选派 选树 选聘 选拔 选育 组建 设立 开展 举办 组织 召开 完成 实现 实施 推进 推动 储备 谋划 "
    "签约 开工 竣工 投产 申报 评选 扶持 安排 改造 修建 修缮 新修 新开 争取 发放 救助 资助 转移 脱贫 退出 "
    "搬迁 治理 种植 造林 推广 制定 修订 发布 新认证 认证 覆盖 布设 安装 办好 做好 抓好 发展 收集 扶贫 "
    "办理 选择 挂钩 联系 包装 推出 推介 对接 接访 拜访 走访 达标 通过 获得 获 命名 授予 带动 解决 提供 "
    "配备 招募 轮训 征集 研发 转化 授权 申请 拥有 创作 编制 出台 形成 淘汰 关闭 拆除 清理 盘活 供应 生产 "
    "销售 出栏 存栏 回收 处置 救治 检测 监测 抽检 抽查 新办 吸引 接待 融资 贷款 到位 利用 上市 挂牌 入库 "
    "升规 达限 入规 转企 下达 硬化 通车 绿化 修复 保护 新发展 提升 改善 建 栽 育 设 植 建档 处理 布局 "
    "扩大 更新 配套 支持 投放 惠及 受益 巩固 惠民 包联 包保 挂包 帮扶 结对 落地 入驻 布点 归集 "
    "评定 新评定 新评 新命名 授牌 消除 "
    "铺设 敷设 架设 开通 打通 疏浚 整治 清淤 加固 加装 补充 招聘 招录 选调 购置 添置 增设 更换 "
    "新改扩建 新改建 续建 栽植 抚育 扩种 扩繁 "
)
#: Verbs that print what comes of the things of the clause before (开工…58处，完工42处).
DONE = frozenset(words("开工 完工 竣工 投产 交付 验收 入库 建成 投用"))
_LONG = tuple(verb for verb in VERBS if len(verb) > 1)
VERB = re.compile(any_of(VERBS) + r"|(?<!不)稳定(?=[\u4e00-\u9fff]{2})|开发(?!区)")
#: A verb that opens a list of figures (新增…20户、…12户); 引进的 and 完成率 are no verbs.
LEADING = re.compile(any_of(_LONG) + r"(?!的|率|任务)")
OWN_VERB = re.compile(any_of(_LONG))
#: Verbs that mark a figure of its own wherever they stand before it.
STRONG = re.compile(
    any_of(
        words(
            "新增 净增 培育 引进 培训 完成 实现 打造 建成 新建 认定 遴选 选派 创建 推进 开展 举办 新达 升规 达限 挂牌"
        )
    )
)
#: Verbs of delivery right before a count (建成两个, 打造3个).
DELIVERS = re.compile(
    any_of(
        words(
            "新增 新建 建成 建设 建立 创建 打造 培育 引进 遴选 选派 抓好 完成 实施 举办 开展 组织 推进 形成 认定 "
            "推出 争取 培养 选择 设立 办好 做好"
        )
    )
    + r"[^，,、]{0,4}$"
)
#: What a count comes to (10个村退出, 2个集聚区通过认定).
OUTCOME = re.compile(
    r"(?:[\u4e00-\u9fff（）()]{1,14}?)"
    + any_of(words("退出 出列 摘帽 脱贫 通过认定 获得认定 成功挂牌 成功上市 建成投产 竣工投产 全面完工"))
    + r"(?![率的])"
)
COMMITS = re.compile(any_of(words("力争 确保 争取 力求 务必 必须 奋斗 保证 目标 不得 努力 原则上 要求")))
INTENDS = re.compile(any_of(words("力争 确保 争取 力求 务必 不得 奋斗目标 工作目标")))
#: Verbs that change a level; with a count of things they belong to the noun (提高36种大病保障水平).
RAISED = frozenset(words("提高 提升 扩大 降低 减少 下降 压减 缩短"))
