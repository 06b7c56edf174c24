"""What happens to the family itself: births, a loss, moves, consents; and to who may read of it."""

from dataclasses import replace
from datetime import date, time, timedelta

from deploy.local.network.family import Caregiver, Change
from deploy.local.network.paths import Befalls
from deploy.local.network.seasons import at_london, working_day, working_days_later
from deploy.local.network.telling import Telling


def births(telling: Telling, *, until: date) -> None:
    """Babies who were unborn at referral are born, if that is known before `until`; heard of a few days later."""
    for infant in telling.family.infants:
        if infant.edd is None or infant.known_on >= until:
            continue
        telling.diary.say(
            "InfantBorn",
            {
                "infant_id": str(infant.infant_id),
                "born_on": infant.born_on.isoformat(),
                "gestation_weeks": infant.gestation_weeks,
                "source": "staff",
            },
            on=infant.known_on,
            happened=infant.born_on,
            key=f"born-{infant.infant_id}",
            role="administrator",
            once=True,
        )


def loss_known_on(telling: Telling, decided_on: date) -> date:
    """The working day on which the team hears that the pregnancy has ended."""
    infant = telling.family.infants[0]
    return working_days_later(max(decided_on, (infant.edd or decided_on) - timedelta(days=70)), 6)


def lost(telling: Telling, decided_on: date) -> None:
    """The pregnancy ends without a live birth (rule P7)."""
    known_on = loss_known_on(telling, decided_on)
    on = known_on - timedelta(days=2)
    data = {"infant_id": str(telling.family.infants[0].infant_id), "on": on.isoformat()}
    telling.diary.say("PregnancyEnded", data, on=known_on, happened=on, role="practitioner")


def consents(telling: Telling, on: date) -> None:
    """What the family agrees to at the first appointment, and takes back later; what else comes to be known of it."""
    diary, chance = telling.diary, telling.chance
    carer = str(telling.family.caregivers[0].caregiver_id)
    if telling.has(Befalls.CONSENTS):
        for scope in ("share_with_services", "messages", *(("video",) if chance.of(0.4) else ())):
            data = {"scope": scope, "by": "caregiver", "caregiver_id": carer, "on": on.isoformat()}
            diary.say("ConsentRecorded", data, on=on, key=f"consent-{scope}", late=True)
    if telling.has(Befalls.CONSENT_WITHDRAWN):
        later = working_days_later(on, chance.between(3, 30))
        data = {"scope": "messages", "by": "caregiver", "caregiver_id": carer, "on": later.isoformat()}
        diary.say("ConsentWithdrawn", data, on=later)
    if telling.has(Befalls.FLAGS):
        later = working_days_later(on, chance.between(1, 20))
        flags = chance.one((["cin"], ["cp_plan"], ["cp_plan", "dva"], []))
        diary.say("SafeguardingFlagsChanged", {"on": later.isoformat(), "flags": flags}, on=later)
    if telling.has(Befalls.DETAILS):
        later = working_days_later(on, chance.between(1, 40))
        data = {"subject_ref": carer, "on": later.isoformat()}
        diary.say("PersonDetailsRecorded", data, on=later, role="administrator")
    _readers(telling, on, carer)


def _readers(telling: Telling, on: date, carer: str) -> None:
    """Who may not read the case, and who opened it without a part in it."""
    diary, chance = telling.diary, telling.chance
    if telling.has(Befalls.DENIED):
        actor = f"practitioner-{chance.between(100, 999)}"
        lifted_on = working_days_later(on, chance.between(40, 80))
        denied = {"subject_ref": carer, "actor_id": actor, "on": on.isoformat(), "reason": "known_to_family"}
        diary.say("AccessDenied", denied, on=on, role="lead")
        lifted = {"subject_ref": carer, "actor_id": actor, "on": lifted_on.isoformat()}
        diary.say("AccessDenialLifted", lifted, on=lifted_on, role="lead")
    if telling.has(Befalls.GLASS):
        day = working_days_later(on, chance.between(2, 25))
        opened = {
            "actor_id": f"practitioner-{chance.between(100, 999)}",
            "reason": "cover_for_colleague",
            "opened_at": _clock(day, 14),
            "until": _clock(day, 18),
        }
        diary.say("BreakGlassOpened", opened, on=day, happened=at_london(day, time(14)), late=True)


def _clock(day: date, hour: int) -> str:
    return at_london(day, time(hour)).isoformat().replace("+00:00", "Z")


def moved(telling: Telling, day: date) -> Telling:
    """Around `day` the family changes, if it does: gives the telling with who belongs together from then on."""
    on = working_day(day)
    if not telling.family.present(on):
        return telling
    if telling.has(Befalls.ADOPTION) and len(telling.family.infants) == 1:
        return _adopted(telling, on)
    if telling.has(Befalls.PLACEMENT):
        return _placed(telling, on)
    if telling.has(Befalls.NEWCOMER):
        return _joined(telling, on)
    return telling


def _placed(telling: Telling, on: date) -> Telling:
    family = telling.family
    role = telling.chance.one(("foster_carer", "kinship_carer"))
    newcomer = Caregiver(caregiver_id=telling.chance.id(), role=role, has_pr="no", primary=True)
    for infant in family.infants:
        for caregiver in family.caregivers:
            ended = {
                "caregiver_id": str(caregiver.caregiver_id),
                "infant_id": str(infant.infant_id),
                "to_on": on.isoformat(),
                "reason": "placement_change",
            }
            key = f"ended-{infant.infant_id}-{caregiver.caregiver_id}"
            telling.diary.say("LinkEnded", ended, on=on, key=key, role="administrator")
        _linked(telling, str(infant.infant_id), newcomer, on)
    return telling.after(Change(on=on, infants=family.infants, caregivers=(newcomer,)))


def _adopted(telling: Telling, on: date) -> Telling:
    """The infant goes by another id, and the former links end (rule P10)."""
    infant = telling.family.infants[0]
    renamed = replace(infant, infant_id=telling.chance.id())
    parent = Caregiver(caregiver_id=telling.chance.id(), role="adoptive_parent", has_pr="yes", primary=True)
    data = {
        "infant_id": str(infant.infant_id),
        "new_infant_id": str(renamed.infant_id),
        "on": on.isoformat(),
    }
    telling.diary.say("InfantIdentityReplaced", data, on=on, role="triage_clinician")
    _linked(telling, str(renamed.infant_id), parent, on)
    return telling.after(Change(on=on, infants=(renamed,), caregivers=(parent,)))


def _joined(telling: Telling, on: date) -> Telling:
    family = telling.family
    newcomer = Caregiver(caregiver_id=telling.chance.id(), role="step_parent", has_pr="unknown", primary=False)
    for infant in family.infants:
        _linked(telling, str(infant.infant_id), newcomer, on)
    carers = (family.caregivers[0], newcomer, *family.caregivers[1:])
    return telling.after(Change(on=on, infants=family.infants, caregivers=carers))


def _linked(telling: Telling, infant_id: str, caregiver: Caregiver, on: date) -> None:
    data = {
        "caregiver_id": str(caregiver.caregiver_id),
        "infant_id": infant_id,
        "role": caregiver.role,
        "has_pr": caregiver.has_pr,
        "primary": caregiver.primary,
        "from_on": on.isoformat(),
    }
    telling.diary.say("FamilyMemberLinked", data, on=on, key=f"linked-{infant_id}", role="administrator")
