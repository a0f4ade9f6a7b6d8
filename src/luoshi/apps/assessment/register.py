"""What this app tells the others when Django starts."""


def register() -> None:
    """Choices of units, kinds of messages, entries on pages of lower apps."""
    from luoshi.apps.assessment import policies, queries
    from luoshi.apps.assessment.telling import LABELS
    from luoshi.apps.assessment.telling_ranks import SOURCE, ranking_of
    from luoshi.apps.bulletins.drawing import register_ranking
    from luoshi.apps.notices import kinds
    from luoshi.apps.organisations.choosing import offer
    from luoshi.apps.plans.table_links import offer_links

    offer("assessment.owners", lambda user, of: policies.keeping_units(user))
    offer_links(queries.table_links)
    for kind, label in LABELS.items():
        kinds.register(kind, label)
    register_ranking(SOURCE, ranking_of)
