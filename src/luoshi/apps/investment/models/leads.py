"""Enterprises, and leads (线索) from the first talk to production."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from luoshi.apps.investment.models.chains import ChainLink
from luoshi.apps.organisations.models import Unit

PERSON = settings.AUTH_USER_MODEL


class Size(models.TextChoices):
    """What kind of enterprise it is."""

    WORLD_500 = "world-500", "世界500强"
    CHINA_500 = "china-500", "中国500强"
    PRIVATE_500 = "private-500", "民营500强"
    LEADER = "leader", "行业龙头"
    LISTED = "listed", "上市公司"
    LARGE = "large", "大型"
    MEDIUM = "medium", "中型"
    SMALL = "small", "小微"


class ChainRole(models.TextChoices):
    """What it is in its chain."""

    MASTER = "master", "链主"
    SUPPLIER = "supplier", "配套"


class Enterprise(models.Model):
    """An investor. ``where``: how far away its seat is (the library's ``Where``); ``aliases``: other names."""

    WHERES = (("prefecture", "州内"), ("province", "州外省内"), ("country", "省外"), ("abroad", "境外"))

    name = models.CharField("企业名称", max_length=120, unique=True)
    aliases = models.JSONField("别名", default=list, blank=True)
    where = models.CharField("来自", max_length=10, choices=WHERES, default="country")
    seat = models.CharField("所在地", max_length=60, blank=True)
    size = models.CharField("类型", max_length=11, choices=Size.choices, blank=True)
    chain_role = models.CharField("链上角色", max_length=8, choices=ChainRole.choices, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class LeadSource(models.TextChoices):
    """How a lead came about."""

    OWN = "own", "自行组织活动"
    STATIONED = "stationed", "驻点招商"
    BY_INVESTORS = "by-investors", "以商招商"
    AGENT = "agent", "中介招商"
    DELEGATED = "delegated", "委托代理招商"
    CHAIN_MASTER = "chain-master", "链主招商"
    CAPITAL = "capital", "基金、资本招商"
    FAIR = "fair", "节会、展会"
    ABOVE = "above", "省州重大活动"
    VISIT = "visit", "企业来访"
    OTHER = "other", "其他"


class LeadMode(models.TextChoices):
    """How the project is brought in: decides which group may count its funds."""

    ORDINARY = "ordinary", "一般"
    ENCLAVE = "enclave", "飞地合作"
    PLATFORM = "platform", "市场化平台促成"


class LeadState(models.TextChoices):
    """Where a lead stands; the values are those of ``luoshi.promotion.Stage``."""

    LEAD = "lead", "线索"
    NEGOTIATING = "negotiating", "在谈"
    SIGNED = "signed", "已签约"
    STARTED = "started", "已开工"
    PRODUCING = "producing", "已投产"
    LOST = "lost", "已流失"


class Lead(models.Model):
    """One possible project of one enterprise. ``amount`` in 元; ``unit`` is who entered it and follows it.

    ``project``: set on signing, for good. ``same_as``: found to be the same as another lead, which counts alone.
    """

    title = models.CharField("项目名称", max_length=200)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="leads", verbose_name="投资方")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="leads", verbose_name="跟进单位")
    place = models.ForeignKey(
        Unit, models.PROTECT, related_name="leads_here", null=True, blank=True, verbose_name="意向建设地点"
    )
    contact = models.CharField("企业联系人", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    handler = models.CharField("跟进人", max_length=60, blank=True)
    source = models.CharField("线索来源", max_length=12, choices=LeadSource.choices)
    mode = models.CharField("引进方式", max_length=8, choices=LeadMode.choices, default=LeadMode.ORDINARY)
    link = models.ForeignKey(
        ChainLink, models.SET_NULL, related_name="leads", null=True, blank=True, verbose_name="产业链环节"
    )
    chain_role = models.CharField("链上角色", max_length=8, choices=ChainRole.choices, blank=True)
    amount = models.DecimalField("计划（协议）投资额", max_digits=18, decimal_places=2, null=True, blank=True)
    content = models.CharField("合作内容", max_length=2000, blank=True)
    progress = models.CharField("最新进展", max_length=2000, blank=True)
    problem = models.CharField("存在问题", max_length=1000, blank=True)
    problem_unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="需协同单位"
    )
    problem_due = models.DateField("建议完成时限", null=True, blank=True)
    activity = models.ForeignKey(
        "Activity", models.PROTECT, related_name="leads", null=True, blank=True, verbose_name="来自活动"
    )
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="leads", null=True, blank=True, verbose_name="项目"
    )
    same_as = models.ForeignKey("self", models.PROTECT, related_name="twins", null=True, blank=True)
    state = models.CharField("状态", max_length=11, choices=LeadState.choices, default=LeadState.LEAD)
    state_on = models.DateField("状态日期")
    lost_reason = models.CharField("流失原因", max_length=500, blank=True)
    next_step = models.CharField("下一步", max_length=300, blank=True)
    next_on = models.DateField("下次联系", null=True, blank=True)
    found_on = models.DateField("发现日期")
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "招商线索"
        ordering = ("-state_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=("project",), condition=Q(project__isnull=False), name="lead_project_once"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="lead_amount_positive"),
            models.CheckConstraint(condition=~Q(state="lost") | ~Q(lost_reason=""), name="lead_lost_for_a_reason"),
            models.CheckConstraint(condition=Q(same_as=None) | ~Q(same_as=models.F("id")), name="lead_not_own_twin"),
        )
        indexes = (
            models.Index(fields=("state", "state_on"), name="lead_state_idx"),
            models.Index(fields=("unit", "state"), name="lead_unit_idx"),
            models.Index(fields=("place", "state"), name="lead_place_idx"),
        )

    def __str__(self) -> str:
        return self.title


class LeadMove(models.Model):
    """One step of a lead, appended and never changed. ``override``: why the missing evidence was let pass."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="moves")
    from_state = models.CharField("原状态", max_length=11, choices=LeadState.choices)
    to_state = models.CharField("新状态", max_length=11, choices=LeadState.choices)
    on = models.DateField("日期")
    reason = models.CharField("说明", max_length=500, blank=True)
    override = models.CharField("缺少佐证的理由", max_length=300, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "线索变动"
        ordering = ("lead", "id")
        indexes = (models.Index(fields=("to_state", "on"), name="lead_move_idx"),)

    def __str__(self) -> str:
        return f"{self.lead} {self.get_to_state_display()}"


class EvidenceKind(models.TextChoices):
    """What a paper is."""

    INTENT = "intent", "投资意向书"
    PROPOSAL = "proposal", "投资建议书"
    AGREEMENT = "agreement", "正式协议（合同）"
    START = "start", "开工佐证"
    PRODUCTION = "production", "投产佐证"
    OTHER = "other", "其他"


class LeadEvidence(models.Model):
    """A file that shows where a lead stands."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="evidence")
    kind = models.CharField("材料", max_length=10, choices=EvidenceKind.choices)
    file = models.FileField("文件", upload_to="investment/%Y/%m/")
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "线索佐证"
        ordering = ("lead", "id")

    def __str__(self) -> str:
        return self.name


class LeadVisit(models.Model):
    """A visit, call or meeting with the investor."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="visits")
    on = models.DateField("日期")
    where = models.CharField("地点", max_length=80, blank=True)
    people = models.CharField("参加人员", max_length=200, blank=True)
    text = models.CharField("洽谈情况", max_length=2000)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "对接记录"
        ordering = ("lead", "-on", "-id")

    def __str__(self) -> str:
        return f"{self.lead} {self.on}"
