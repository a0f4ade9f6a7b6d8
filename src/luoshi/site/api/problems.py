"""Errors as problem documents (RFC 9457, ``application/problem+json``), their ``detail`` in Chinese for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

logger = logging.getLogger(__name__)

TITLES = {
    400: "请求有误",
    401: "未登录",
    403: "没有权限",
    404: "不存在",
    405: "方法不适用",
    409: "与现状冲突",
    413: "内容过大",
    422: "内容不合要求",
    500: "系统出错",
}
_NOT_FOUND = "要找的内容不存在，或您无权查看。"


class FieldProblem(Schema):
    """What is wrong with one value."""

    field: str = Field(description="字段，下级以点相接")
    detail: str = Field(description="说明")


class CellFault(Schema):
    """What is wrong or odd at a cell of a return."""

    address: str = Field(description="单元格；空为整表")
    severity: str = Field(description="hard 须改正、soft 须说明原因")
    code: str
    message: str


class CellConflict(Schema):
    """A cell that two people changed."""

    address: str
    mine: str | None = Field(description="送来的值")
    theirs: str | None = Field(description="现在的值")


class Problem(Schema):
    """A problem document."""

    type: str = Field("about:blank", description="问题类型")
    title: str = Field(description="概要")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="说明，可直接给用户看")
    instance: str = Field(description="请求的地址")
    errors: list[FieldProblem] | None = Field(None, description="各字段的问题")
    problems: list[CellFault] | None = Field(None, description="报送内容的全部问题")
    conflicts: list[CellConflict] | None = Field(None, description="他人同时改动的各格")


#: What any operation may answer besides its own, and what only those that change something may.
_ALWAYS = (400, 401, 403, 404, 422)
_WRITING = (409, 413)
_REFERENCE = "#/components/schemas/{model}"


def document_problems(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the problems to every operation of an OpenAPI document."""
    described = Problem.model_json_schema(ref_template=_REFERENCE)
    components = schema["components"]["schemas"]
    components.update(described.pop("$defs", {}))
    components["Problem"] = described
    content = {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            for status in _ALWAYS + (() if method == "get" else _WRITING):
                operation["responses"].setdefault(status, {"description": TITLES[status], "content": content})
    return schema


def problem(
    request: HttpRequest,
    status: int,
    detail: str,
    errors: Sequence[Mapping[str, str]] | None = None,
    **more: Sequence[Mapping[str, str | None]],
) -> HttpResponse:
    """A problem document as a response; ``more`` are further lists of ``Problem``."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "请求未能完成"),
        "status": status,
        "detail": detail,
        "instance": request.path,
    }
    if errors:
        content["errors"] = list(errors)
    content |= {name: list(items) for name, items in more.items()}
    response = JsonResponse(
        content, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="luoshi"'
    return response


def _words(error: Mapping[str, Any]) -> str:
    """What pydantic found wrong, in words."""
    limits: Mapping[str, Any] = error.get("ctx") or {}
    match error.get("type", ""):
        case "missing":
            return "必须填写"
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return "应为整数"
        case "float_parsing" | "float_type" | "decimal_parsing" | "finite_number":
            return "应为数字"
        case "bool_parsing" | "bool_type":
            return "应为 true 或 false"
        case "date_parsing" | "date_type" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return "应为日期，如 2026-12-31"
        case "datetime_parsing" | "datetime_type" | "datetime_from_date_parsing" | "timezone_aware":
            return "应为带时区的时间，如 2026-12-31T08:00:00+08:00"
        case "greater_than_equal":
            return f"不得小于 {limits['ge']}"
        case "less_than_equal":
            return f"不得大于 {limits['le']}"
        case "string_too_long" | "too_long":
            return f"不得超过 {limits['max_length']} 个字符"
        case "string_too_short":
            return "不得为空"
        case "literal_error" | "enum":
            return f"应为下列之一：{limits['expected']}".replace(" or ", "、")
        case "string_type":
            return "应为文字"
        case "extra_forbidden":
            return "没有这个字段"
        case "value_error":
            return str(limits.get("error", "")) or "不合要求"
    return "格式不正确"


def _fields(error: ValidationError) -> list[dict[str, str]]:
    found = []
    for one in error.errors:
        # The first part says whether it stood in the query, the path or the body; the second repeats the parameter.
        place = [str(part) for part in one.get("loc", ())]
        place = place[1:] if len(place) > 1 else place
        found.append({"field": ".".join(place), "detail": _words(one)})
    return found


def install(api: NinjaAPI) -> None:
    """Make every error of the API a problem document."""

    @api.exception_handler(AuthenticationError)
    def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(request, 401, "请先登录，或在 Authorization 头中给出有效的接口令牌。")

    @api.exception_handler(PermissionDenied)
    def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem(request, 403, str(error) or "您没有办理此事的权限。")

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(request, 404, _NOT_FOUND)

    @api.exception_handler(ValidationError)
    def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = _fields(error)
        return problem(request, 422, "；".join(f"{one['field']} {one['detail']}" for one in errors) + "。", errors)

    @api.exception_handler(DjangoValidationError)
    def _invalid(request: HttpRequest, error: DjangoValidationError) -> HttpResponse:
        if hasattr(error, "error_dict"):
            errors = [{"field": name, "detail": "；".join(texts)} for name, texts in error.message_dict.items()]
            return problem(request, 422, "；".join(error.messages), errors)
        return problem(request, 422, "；".join(error.messages))

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        # Ninja's own messages are English; those raised here say what to do.
        detail = error.message if not error.message.isascii() else "请求的内容无法读取。"
        return problem(request, error.status_code, detail)

    @api.exception_handler(SuspiciousOperation)
    @api.exception_handler(MultiPartParserError)
    @api.exception_handler(UnreadablePostError)
    def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(request, 400, "请求的内容无法读取。")

    @api.exception_handler(Exception)
    def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
        logger.exception("API %s %s", request.method, request.path)
        return problem(request, 500, "系统出错，请稍后重试；仍然出错的，请告知系统管理员。")


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The answer to an address that the API does not have."""
    return problem(request, 404, "接口没有这个地址。")
