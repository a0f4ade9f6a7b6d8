"""Units as a tree, their names over time, and the roles that people hold in them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from treebeard.mp_tree import MP_Node


class UnitKind(models.TextChoices):
    """What a unit is."""

    PREFECTURE = "prefecture", "州（市）"
    COUNTY = "county", "县"
    COUNTY_CITY = "county-city", "县级市"
    ZONE = "zone", "园区"
    TOWNSHIP = "township", "乡镇（街道）"
    DEPARTMENT = "prefecture-department", "州级部门"
    PARTY_ORGAN = "prefecture-party-organ", "党委工作机构"
    CONGRESS = "congress-or-cppcc", "人大政协机关"
    VERTICAL_AGENCY = "vertical-agency", "垂直管理单位"
    LEADING_GROUP = "leading-group", "领导小组、指挥部"
    INVESTMENT_GROUP = "investment-group", "招商组"
    ASSOCIATION = "association", "群团、协会"
    ENTERPRISE = "enterprise", "企业"
    SCHOOL = "school-or-institute", "学校、院所"
    COUNTY_DEPARTMENT = "county-department", "县级部门"
    OTHER = "other", "其他"


class Unit(MP_Node):
    """A unit; its subtree is the set of units whose ``path`` begins with its own."""

    key = models.CharField("代码", max_length=64, unique=True)
    name = models.CharField("全称", max_length=120)
    short_name = models.CharField("简称", max_length=60)
    kind = models.CharField("类别", max_length=30, choices=UnitKind.choices, default=UnitKind.OTHER)
    valid_from = models.DateField("成立", null=True, blank=True)
    valid_to = models.DateField("撤销", null=True, blank=True, help_text="最后一天")
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="unit_valid_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.short_name or self.name


class NameKind(models.TextChoices):
    """How a printed name stands to its unit."""

    OFFICIAL = "official", "全称"
    SHORT = "short", "简称"
    ALIAS = "alias", "别称"
    OLD_NAME = "old-name", "旧称"
    MISPRINT = "misprint", "误写"
    GROUP = "group", "合称"


class UnitName(models.Model):
    """A name as printed and the unit(s) meant; a group name has several, one whose members are open has none."""

    name = models.CharField("名称", max_length=120, db_index=True)
    kind = models.CharField("性质", max_length=10, choices=NameKind.choices)
    units = models.ManyToManyField(Unit, related_name="names", blank=True, verbose_name="单位")
    valid_from = models.DateField("启用", null=True, blank=True)
    valid_to = models.DateField("停用", null=True, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位名称"

    def __str__(self) -> str:
        return self.name


class RegisterState(models.Model):
    """The state of the unit register: a single row whose ``token`` is new after every act that changes units or names.

    Processes keep the whole register in memory and ask only for the token (``queries.directory``).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name = verbose_name_plural = "单位库"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="register_one_state"),)

    def __str__(self) -> str:
        return "单位库"


class Role(models.TextChoices):
    """What a person is in a unit. A role reaches over the unit's whole subtree."""

    ADMINISTRATOR = "administrator", "系统管理员"
    COORDINATOR = "coordinator", "统筹办"
    LEAD = "lead", "牵头单位"
    REPORTER = "reporter", "填报员"
    REVIEWER = "reviewer", "审核员"
    LEADER = "leader", "领导"


class Membership(models.Model):
    """A person holds a role in a unit; one person may hold several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name="人员")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name="单位")
    role = models.CharField("角色", max_length=16, choices=Role.choices)

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = (models.UniqueConstraint(fields=("user", "unit", "role"), name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.user} {self.unit} {self.get_role_display()}"
