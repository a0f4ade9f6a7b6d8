"""Addresses of the HTTP API: one document of operations, mounted at ``/api/v1/``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from ninja import NinjaAPI
from ninja.openapi.docs import Swagger

from luoshi.apps.assessment import api as assessment
from luoshi.apps.boards import api as boards
from luoshi.apps.bulletins import api as bulletins
from luoshi.apps.checkup import api as checkup
from luoshi.apps.dispatch import api as dispatch
from luoshi.apps.indicators import api as indicators
from luoshi.apps.intake import api as intake
from luoshi.apps.investment import api as investment
from luoshi.apps.notices import api as notices
from luoshi.apps.organisations import api as organisations
from luoshi.apps.plans import api as plans
from luoshi.apps.projects import api as projects
from luoshi.apps.reporting import api as reporting
from luoshi.apps.supervision import api as supervision
from luoshi.apps.targets import api as targets
from luoshi.site.api.conditional import conditional
from luoshi.site.api.problems import document_problems, install, unknown
from luoshi.site.api.signing import BrowserAuth, TokenAuth

DESCRIPTION = """读取方案、措施、目标、责任、时限、单位和原文，上传并确认文件。

* **身份**：在“个人设置”里创建接口令牌，放在请求头 `Authorization: Bearer ls_…` 里；程序能做的与令牌所有人相同。
  已登录的浏览器也可直接调用。
* **范围**：看得到什么，与页面完全一致；看不到的一律答 404。
* **列表**：`limit`（至多 500）和 `offset` 取一段，`total` 是总数，次序固定。
* **数值**：写作字符串，如 `"15000"`，以免浮点误差；一律为基本单位。
* **出处**：每个对象的 `provenance` 指明文件、版次、行和字符，以及由何规则、以多大把握读出。
* **不变不传**：回应带 `ETag`；请求带 `If-None-Match` 而内容未变的，答 304。
* **出错**：`application/problem+json`（RFC 9457），`detail` 可直接给人看。
"""


class Api(NinjaAPI):
    """The API: answers to GET carry an ETag, so that an unchanged list is not sent twice."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._documents: dict[str, Any] = {}

    def create_response(self, request: HttpRequest, data: Any, **options: Any) -> HttpResponse:
        """A response as Ninja makes it, answered with 304 where the caller has it already."""
        response = super().create_response(request, data, **options)
        return conditional(request, response) if request.method == "GET" and response.status_code == 200 else response

    def get_openapi_schema(self, **options: Any) -> Any:
        """The document of operations, each with the problems that it may answer; drawn up once a process."""
        key = repr(sorted(options.items()))
        if key not in self._documents:
            self._documents[key] = document_problems(super().get_openapi_schema(**options))
        return self._documents[key]


api = Api(
    title="落实开放接口",
    version="1.0",
    description=DESCRIPTION,
    auth=[TokenAuth(), BrowserAuth()],
    docs=Swagger({"docExpansion": "list", "defaultModelsExpandDepth": 0, "tryItOutEnabled": False}),
    urls_namespace="api",
)
install(api)
intake.install_problems(api)
reporting.install_problems(api)
bulletins.install_problems(api)
dispatch.install_problems(api)
supervision.install_problems(api)
assessment.install_problems(api)
investment.install_problems(api)
projects.install_problems(api)
intake.add_receiving(plans.documents)
checkup.add_findings(intake.drafts, plans.plans)
targets.add_allocations(plans.targets)
targets.add_progress(plans.targets)
targets.add_lights(plans.plans)
api.add_router("/me", organisations.me)
api.add_router("/plans", plans.plans)
api.add_router("/measures", plans.measures)
api.add_router("/targets", plans.targets)
api.add_router("/responsibilities", plans.responsibilities)
api.add_router("/deadlines", plans.deadlines)
api.add_router("/units", organisations.units)
api.add_router("/documents", plans.documents)
api.add_router("/uploads", intake.uploads)
api.add_router("/drafts", intake.drafts)
api.add_router("/indicators", indicators.indicators)
api.add_router("/observations", indicators.observations)
api.add_router("/letters", targets.letters)
api.add_router("/forms", reporting.forms)
api.add_router("/projects", projects.projects)
api.add_router("/returns", reporting.returns)
api.add_router("/warnings", dispatch.warnings)
api.add_router("/problems", dispatch.problems)
api.add_router("/meetings", dispatch.meetings)
api.add_router("/decisions", dispatch.decisions)
api.add_router("/orders", supervision.orders)
api.add_router("/escalations", supervision.escalations)
api.add_router("/clocks", supervision.clocks)
api.add_router("/duties", supervision.duties)
api.add_router("/boards", boards.boards)
api.add_router("/bulletins", bulletins.bulletins)
api.add_router("/investment", investment.investment)
api.add_router("/schemes", assessment.schemes)
api.add_router("/adoptions", assessment.adoptions)
api.add_router("/assessments", assessment.assessments)
api.add_router("/score", assessment.scoring)
api.add_router("/notices", notices.notices)

app_name = "ninja"
urlpatterns = [*api.urls[0], re_path(r"^(?P<rest>.*)$", unknown)]
