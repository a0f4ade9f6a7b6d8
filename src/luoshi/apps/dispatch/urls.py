"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from luoshi.apps.dispatch.views import decisions, home, meetings, problems, room, rules, series, warnings

app_name = "dispatch"
_WARNING, _RULE, _PROBLEM = "warnings/<int:warning_id>", "warnings/rules/<int:rule_id>", "problems/<int:problem_id>"
_MEETING, _DECISION = "meetings/<int:meeting_id>", "decisions/<int:decision_id>"
_ITEM = f"{_MEETING}/agenda/<int:item_id>"
urlpatterns: list[URLPattern] = [
    path("dispatch", home.home, name="home"),
    path("dispatch/bench", home.bench, name="bench"),
    path("warnings", warnings.warning_rows, name="warnings"),
    path(_WARNING, warnings.warning, name="warning"),
    path(f"{_WARNING}/answer", warnings.warning_answer, name="warning-answer"),
    path(f"{_WARNING}/send-back", warnings.warning_send_back, name="warning-send-back"),
    path(f"{_WARNING}/push", warnings.warning_push, name="warning-push"),
    path(f"{_WARNING}/waive", warnings.warning_waive, name="warning-waive"),
    path("warnings/rules", rules.rule_rows, name="rules"),
    path("warnings/rules/new", rules.rule_new, name="rule-new"),
    path(_RULE, rules.rule_one, name="rule"),
    path(f"{_RULE}/stop", rules.rule_stop, name="rule-stop"),
    path("problems", problems.problem_rows, name="problems"),
    path("problems/new", problems.problem_new, name="problem-new"),
    path(_PROBLEM, problems.problem, name="problem"),
    path(f"{_PROBLEM}/edit", problems.problem_edit, name="problem-edit"),
    path(f"{_PROBLEM}/settle", problems.problem_settle, name="problem-settle"),
    path(f"{_PROBLEM}/drop", problems.problem_drop, name="problem-drop"),
    path(f"{_PROBLEM}/reopen", problems.problem_reopen, name="problem-reopen"),
    path("meetings", meetings.meeting_rows, name="meetings"),
    path("meetings/new", meetings.meeting_new, name="meeting-new"),
    path("meetings/series", series.series_rows, name="series"),
    path("meetings/series/new", series.series_new, name="series-new"),
    path("meetings/series/<int:series_id>", series.series_one, name="series-one"),
    path(_MEETING, meetings.meeting, name="meeting"),
    path(f"{_MEETING}/edit", meetings.meeting_edit, name="meeting-edit"),
    path(f"{_MEETING}/agenda", meetings.meeting_draw, name="meeting-draw"),
    path(f"{_MEETING}/agenda/new", meetings.item_new, name="item-new"),
    path(f"{_ITEM}/text", room.item_text, name="item-text"),
    path(f"{_ITEM}/remove", meetings.item_remove, name="item-remove"),
    path(f"{_ITEM}/restore", meetings.item_restore, name="item-restore"),
    path(f"{_ITEM}/move", meetings.item_move, name="item-move"),
    path(f"{_MEETING}/fix", meetings.meeting_fix, name="meeting-fix"),
    path(f"{_MEETING}/reopen", meetings.meeting_reopen, name="meeting-reopen"),
    path(f"{_MEETING}/hold", meetings.meeting_hold, name="meeting-hold"),
    path(f"{_MEETING}/attendance", room.attendance, name="meeting-attendance"),
    path(f"{_MEETING}/decisions", room.decision_keep, name="decision-keep"),
    path(f"{_MEETING}/decisions/<int:decision_id>/discard", room.decision_discard, name="decision-discard"),
    path(f"{_MEETING}/minutes", room.minutes, name="meeting-minutes"),
    path(f"{_MEETING}/minutes/draft", room.minutes_draft, name="minutes-draft"),
    path(f"{_MEETING}/close", meetings.meeting_close, name="meeting-close"),
    path(f"{_MEETING}/cancel", meetings.meeting_cancel, name="meeting-cancel"),
    path(f"{_MEETING}/pack.docx", meetings.pack_word, name="pack-docx"),
    path(f"{_MEETING}/pack.pdf", meetings.pack_pdf, name="pack-pdf"),
    path("decisions", decisions.decision_rows, name="decisions"),
    path(_DECISION, decisions.decision, name="decision"),
    path(f"{_DECISION}/report", decisions.decision_report, name="decision-report"),
    path(f"{_DECISION}/send-back", decisions.decision_send_back, name="decision-send-back"),
    path(f"{_DECISION}/close", decisions.decision_close, name="decision-close"),
    path(f"{_DECISION}/move", decisions.decision_move, name="decision-move"),
    path(f"{_DECISION}/drop", decisions.decision_drop, name="decision-drop"),
]
