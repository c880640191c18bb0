"""Which of two versions of a record is the older one."""

__all__ = ["is_older"]


def is_older(version: str | None, than: str | None) -> bool:
    """Whether a version comes before another: whole numbers by size, other texts as they sort (ISO times).

    Without both nobody can tell.
    """
    if version is None or than is None:
        return False
    if version.isdecimal() and than.isdecimal():
        return int(version) < int(than)
    return version < than
