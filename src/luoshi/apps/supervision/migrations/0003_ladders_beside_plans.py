"""Ladders for what belongs to no plan; clocks that offices change."""

import django.db.models.deletion
from django.db import migrations, models

PLAN_OR_OFFICE = models.Q(("office", None), ("plan__isnull", False)) | models.Q(
    ("office__isnull", False), ("plan", None)
)


def _office(name: str, kind: type[models.ForeignKey] = models.ForeignKey) -> models.ForeignKey:
    return kind(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=name,
        to="organisations.unit",
    )


class Migration(migrations.Migration):
    dependencies = [("supervision", "0002_notes_and_append_only")]
    operations = [
        migrations.AddField("clock", "revision", models.PositiveIntegerField(default=0)),
        migrations.RenameModel("PlanLadder", "ChosenLadder"),
        migrations.AlterModelOptions(
            "chosenladder", {"verbose_name": "选定的问责阶梯", "verbose_name_plural": "选定的问责阶梯"}
        ),
        migrations.AlterField(
            "chosenladder",
            "plan",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ladder",
                to="plans.plan",
            ),
        ),
        migrations.AlterField(
            "chosenladder",
            "ladder",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="chosen", to="supervision.ladder"
            ),
        ),
        migrations.AddField("chosenladder", "office", _office("ladder_beside_plans", models.OneToOneField)),
        migrations.AddConstraint(
            "chosenladder", models.CheckConstraint(condition=PLAN_OR_OFFICE, name="ladder_plan_or_office")
        ),
        migrations.AlterField(
            "proposal",
            "plan",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to="plans.plan",
            ),
        ),
        migrations.AddField("proposal", "office", _office("proposals_decided")),
        migrations.AddConstraint(
            "proposal",
            models.UniqueConstraint(
                fields=("office", "unit", "trigger", "event"),
                condition=models.Q(("plan", None)),
                name="proposal_office_once",
            ),
        ),
        migrations.AddConstraint(
            "proposal", models.CheckConstraint(condition=PLAN_OR_OFFICE, name="proposal_plan_or_office")
        ),
    ]
