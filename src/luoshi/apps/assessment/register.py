"""What this app tells the others when Django starts."""


def register() -> None:
    """Choices of units, kinds of messages, entries on pages of lower apps."""
    from luoshi.apps.assessment import policies
    from luoshi.apps.organisations.choosing import offer

    offer("assessment.owners", lambda user, of: policies.keeping_units(user))
