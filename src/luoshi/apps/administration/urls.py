"""Addresses of this app."""

from django.urls import path

from luoshi.apps.administration.views import journal, people, register

app_name = "administration"
urlpatterns = [
    path("people", people.people, name="people"),
    path("people/new", people.new_person, name="new-person"),
    path("people/import", people.import_people, name="import-people"),
    path("people/import/template", people.people_template, name="people-template"),
    path("people/<int:pk>", people.person, name="person"),
    path("people/<int:pk>/grant", people.grant, name="grant"),
    path("people/<int:pk>/revoke/<int:membership>", people.revoke, name="revoke"),
    path("people/<int:pk>/password", people.reset_password, name="reset-password"),
    path("people/<int:pk>/second-factor", people.reset_second_factor, name="reset-second-factor"),
    path("people/<int:pk>/active", people.set_active, name="set-active"),
    path("people/<int:pk>/tokens/<int:token>/revoke", people.revoke_token, name="revoke-token"),
    path("units/register", register.tree, name="register"),
    path("units/register/new", register.new_unit, name="new-unit"),
    path("units/register/replace", register.replace, name="replace-register"),
    path("units/register/units.csv", register.units_csv, name="units-csv"),
    path("units/register/unit-names.csv", register.names_csv, name="names-csv"),
    path("units/register/<int:pk>", register.unit, name="register-unit"),
    path("units/register/<int:pk>/below", register.below, name="units-below"),
    path("units/register/<int:pk>/names", register.add_name, name="add-name"),
    path("units/register/<int:pk>/names/<int:name>/end", register.end_name, name="end-name"),
    path("units/register/<int:pk>/names/<int:name>/remove", register.remove_name, name="remove-name"),
    path("journal", journal.journal, name="journal"),
    path("journal/verify", journal.verify_journal, name="verify-journal"),
]
