"""Units as columns and people have them. Pure."""

MS_PER_SECOND = 1000


def seconds(milliseconds: int | None) -> float | None:
    """Milliseconds as the seconds a numeric column holds; exact, for the text of the number is what travels."""
    return None if milliseconds is None else milliseconds / MS_PER_SECOND
