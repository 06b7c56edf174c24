"""Who reads a letter, and what of the vault that reader may see. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from services.referral.codes import ReferralSource
from services.referral.outbox.message import Means
from shared.vault.fields import NAMES, Reader
from shared.vault.reading import Held

_CLINICAL = frozenset({"note", "formulation", "voice_of_infant"})
"""Free text that a letter may quote, where it was marked for its reader. Safeguarding notes never are."""


class Standing(StrEnum):
    """What the referrer is to the family: it decides how he is written to and what he may be told."""

    PROFESSIONAL = "professional"
    FAMILY = "family"
    OTHER = "other"
    """A relative, or nobody knows: he is told what becomes of his letter, nothing about the family."""


def standing(source: ReferralSource) -> Standing:
    """By who referred; in doubt the one who is told least."""
    match source:
        case ReferralSource.SELF:
            return Standing.FAMILY
        case ReferralSource.FAMILY_MEMBER | ReferralSource.OTHER:
            return Standing.OTHER
    return Standing.PROFESSIONAL


_MARKS = {
    Standing.PROFESSIONAL: frozenset({Reader.REFERRER, Reader.PROFESSIONAL}),
    Standing.FAMILY: frozenset({Reader.REFERRER}),
    Standing.OTHER: frozenset({Reader.REFERRER}),
}
"""What an entry must be marked with (`disclosable_to`) to be shown to such a referrer; one suffices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What of the vault may stand in one letter; gone again when it has left."""

    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    address: tuple[str, ...] = field(default=(), repr=False)
    """Lines, with the postcode last."""
    their_reference: str = field(default="", repr=False)
    """The referrer's own reference of the family."""
    babies: tuple[str, ...] = field(default=(), repr=False)
    texts: tuple[str, ...] = field(default=(), repr=False)

    def reached_by(self, means: Iterable[Means]) -> Means | None:
        """The first of these means by which the reader can be reached."""
        return next((way for way in means if (self.email if way is Means.EMAIL else self.address)), None)


def details(entries: Iterable[Held], referrer: UUID, infants: frozenset[UUID], who: Standing) -> Details:
    """What one referrer may see: what is about himself alone, and of the family only what was marked for him.

    Args:
        entries: what the vault holds of the case now.
        referrer: the subject that stands for him.
        infants: of the case.
        who: what he is to the family.
    """
    own: dict[str, str] = {}
    names: dict[UUID, dict[str, str]] = {}
    texts: list[str] = []
    for entry in entries:
        if entry.content is None:
            continue
        if entry.about == (referrer,):
            own[entry.field] = entry.content.value
        elif not _MARKS[who] & set(entry.content.disclosable_to):
            continue
        elif entry.field in NAMES and len(entry.about) == 1 and entry.about[0] in infants:
            names.setdefault(entry.about[0], {})[entry.field] = entry.content.value
        elif entry.field in _CLINICAL:
            texts.append(entry.content.value)
    lines = [line.strip() for line in own.get("address", "").splitlines() if line.strip()]
    if lines and "postcode" in own:
        lines.append(_line(own["postcode"]))
    return Details(
        name=_line(own.get("full_name", "")),
        email=own.get("email", "").strip(),
        address=tuple(lines),
        their_reference=_line(own.get("referrer_reference", "")),
        babies=tuple(_line(next(found[name] for name in NAMES if name in found)) for found in names.values()),
        texts=tuple(texts),
    )


def _line(text: str) -> str:
    return " ".join(text.split())
