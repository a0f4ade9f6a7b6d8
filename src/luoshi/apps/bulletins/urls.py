"""Addresses of this app."""

from django.urls import path

from luoshi.apps.bulletins.views import acts, drawing, files, pages, templates, verifying

app_name = "bulletins"
urlpatterns = [
    path("bulletins", pages.bulletins, name="list"),
    path("bulletins/bench", pages.bench, name="bench"),
    path("bulletins/new", drawing.new, name="new"),
    path("bulletins/verify", verifying.upload, name="verify"),
    path("bulletins/templates", templates.templates, name="templates"),
    path("bulletins/templates/<int:template_id>/file", templates.template_file, name="template-file"),
    path("bulletins/templates/<int:template_id>/drop", templates.drop, name="template-drop"),
    path("bulletins/templates/default/<slug:kind>", templates.default_file, name="template-default"),
    path("bulletins/<int:bulletin_id>", pages.bulletin, name="detail"),
    path("bulletins/<int:bulletin_id>/file.docx", files.docx, name="docx"),
    path("bulletins/<int:bulletin_id>/file.pdf", files.pdf, name="pdf"),
    path("bulletins/<int:bulletin_id>/versions/<int:step_id>", files.version, name="version"),
    path("bulletins/<int:bulletin_id>/texts", drawing.texts, name="texts"),
    path("bulletins/<int:bulletin_id>/redraw", acts.redraw, name="redraw"),
    path("bulletins/<int:bulletin_id>/check", acts.check, name="check"),
    path("bulletins/<int:bulletin_id>/send-back", acts.send_back, name="send-back"),
    path("bulletins/<int:bulletin_id>/sign", acts.sign, name="sign"),
    path("bulletins/<int:bulletin_id>/issue", acts.issue, name="issue"),
    path("bulletins/<int:bulletin_id>/publish", acts.publish, name="publish"),
    path("bulletins/<int:bulletin_id>/withdraw", acts.withdraw, name="withdraw"),
    path("bulletins/<int:bulletin_id>/verify", verifying.stored, name="verify-stored"),
    path("public/bulletins", pages.public_list, name="public-list"),
    path("public/bulletins/<int:bulletin_id>", pages.public, name="public"),
    path("public/bulletins/<int:bulletin_id>/file.docx", files.public_docx, name="public-docx"),
]
