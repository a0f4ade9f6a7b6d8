"""Addresses of this app."""

from django.urls import path

from luoshi.apps.intake.views import confirm, publishing, uploads

app_name = "intake"
urlpatterns = [
    path("uploads", uploads.upload_list, name="uploads"),
    path("uploads/<int:upload_id>", uploads.upload_detail, name="upload"),
    path("uploads/<int:upload_id>/row", uploads.upload_row, name="upload-row"),
    path("uploads/<int:upload_id>/retry", uploads.upload_retry, name="upload-retry"),
    path("uploads/<int:upload_id>/delete", uploads.upload_delete, name="upload-delete"),
    path("drafts/<int:draft_id>", confirm.draft_detail, name="draft"),
    path("drafts/<int:draft_id>/items", confirm.draft_items, name="items"),
    path("drafts/<int:draft_id>/lines", confirm.draft_lines, name="lines"),
    path("drafts/<int:draft_id>/units", confirm.unit_search, name="unit-search"),
    path("drafts/<int:draft_id>/names", confirm.name_resolve, name="name-resolve"),
    path("drafts/<int:draft_id>/suggest", confirm.item_suggest, name="item-suggest"),
    path("drafts/<int:draft_id>/accept-sure", confirm.accept_sure, name="accept-sure"),
    path("drafts/<int:draft_id>/restore", confirm.restore_many, name="restore-many"),
    path("drafts/<int:draft_id>/items/new", confirm.item_add, name="item-add"),
    path("drafts/<int:draft_id>/items/<int:item_id>", confirm.item_decide, name="item-decide"),
    path("drafts/<int:draft_id>/items/<int:item_id>/table", confirm.table_body, name="table"),
    path("drafts/<int:draft_id>/details", publishing.draft_details, name="details"),
    path("drafts/<int:draft_id>/discard", confirm.draft_discard, name="discard"),
    path("drafts/<int:draft_id>/reopen", confirm.draft_reopen, name="reopen"),
    path("drafts/<int:draft_id>/resume", confirm.draft_resume, name="resume"),
    path("drafts/<int:draft_id>/publish", publishing.draft_publish, name="publish"),
]
