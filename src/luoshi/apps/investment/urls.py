"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from luoshi.apps.investment.views import activities, counts, funds, keeping, leads

app_name = "investment"
urlpatterns: list[URLPattern] = [
    path("investment", counts.home, name="home"),
    path("investment/leads", leads.lead_list, name="leads"),
    path("investment/leads.xlsx", leads.lead_export, name="leads-export"),
    path("investment/leads/board", leads.lead_board, name="board"),
    path("investment/leads/new", leads.lead_new, name="lead-new"),
    path("investment/leads/<int:lead_id>", leads.lead, name="lead"),
    path("investment/leads/<int:lead_id>/edit", leads.lead_edit, name="lead-edit"),
    path("investment/leads/<int:lead_id>/move", leads.lead_move, name="lead-move"),
    path("investment/leads/<int:lead_id>/visits", leads.lead_visit, name="lead-visit"),
    path("investment/leads/<int:lead_id>/evidence", leads.lead_evidence, name="lead-evidence"),
    path("investment/leads/<int:lead_id>/evidence/<int:paper_id>", leads.lead_evidence_file, name="lead-paper"),
    path("investment/leads/<int:lead_id>/claim", leads.lead_claim, name="lead-claim"),
    path("investment/claims", funds.claims, name="claims"),
    path("investment/claims/<int:lead_id>/decide", funds.claims_decide, name="claims-decide"),
    path("investment/claims/<int:lead_id>/same", funds.claims_same, name="claims-same"),
    path("investment/activities", activities.activity_list, name="activities"),
    path("investment/activities.xlsx", activities.activity_export, name="activities-export"),
    path("investment/activities/new", activities.activity_new, name="activity-new"),
    path("investment/activities/<int:activity_id>", activities.activity, name="activity"),
    path("investment/activities/<int:activity_id>/edit", activities.activity_edit, name="activity-edit"),
    path("investment/activities/<int:activity_id>/evidence", activities.activity_evidence, name="activity-evidence"),
    path(
        "investment/activities/<int:activity_id>/evidence/<int:paper_id>",
        activities.activity_file,
        name="activity-paper",
    ),
    path("investment/activities/<int:activity_id>/withdraw", activities.activity_withdraw, name="activity-withdraw"),
    path("investment/counts", counts.counts, name="counts"),
    path("investment/counts.xlsx", counts.counts_export, name="counts-export"),
    path("investment/counts/explain", counts.explain, name="explain"),
    path("investment/targets", counts.targets, name="targets"),
    path("investment/funds", funds.funds, name="funds"),
    path("investment/funds/<int:funds_id>/check", funds.funds_check, name="funds-check"),
    path("investment/chains", keeping.chains, name="chains"),
    path("investment/chains/<int:chain_id>", keeping.chain, name="chain"),
    path("investment/groups", keeping.groups, name="groups"),
    path("investment/enterprises", keeping.enterprises, name="enterprises"),
    path("investment/enterprises/new", keeping.enterprise_new, name="enterprise-new"),
    path("investment/enterprises/<int:enterprise_id>", keeping.enterprise, name="enterprise"),
]
