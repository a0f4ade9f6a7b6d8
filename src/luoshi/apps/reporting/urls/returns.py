"""Addresses of returns."""

from __future__ import annotations

from django.urls import URLPattern, path

from luoshi.apps.reporting.views import return_list, returns, reviews, workbooks

urlpatterns: list[URLPattern] = [
    path("returns", return_list.return_list, name="returns"),
    path("returns/<int:answer_id>", returns.return_page, name="return"),
    path("returns/<int:answer_id>/cells", returns.return_cells, name="return-cells"),
    path("returns/<int:answer_id>/submit", returns.return_submit, name="return-submit"),
    path("returns/<int:answer_id>/prefill", returns.return_prefill, name="return-prefill"),
    path("returns/<int:answer_id>/recall", returns.return_recall, name="return-recall"),
    path("returns/<int:answer_id>/reopen", returns.return_reopen, name="return-reopen"),
    path("returns/<int:answer_id>/units", returns.return_units, name="return-units"),
    path("returns/<int:answer_id>/evidence", returns.return_evidence, name="return-evidence"),
    path("returns/<int:answer_id>/evidence/<int:evidence_id>", returns.evidence_file, name="return-evidence-file"),
    path("returns/<int:answer_id>/history/<int:ordinal>", returns.return_history, name="return-history"),
    path("returns/<int:answer_id>/workbook", workbooks.return_workbook, name="return-workbook"),
    path("returns/<int:answer_id>/upload", workbooks.return_upload, name="return-upload"),
    path("returns/<int:answer_id>/marked", workbooks.return_marked, name="return-marked"),
    path("reviews", reviews.review_list, name="reviews"),
    path("reviews/accept", reviews.review_accept, name="reviews-accept"),
    path("reviews/<int:answer_id>", reviews.review_page, name="review"),
    path("reviews/<int:answer_id>/pass", reviews.review_pass, name="review-pass"),
    path("reviews/<int:answer_id>/send-back", reviews.review_send_back, name="review-send-back"),
]
