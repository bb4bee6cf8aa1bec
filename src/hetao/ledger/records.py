"""What the ledger remembers besides balances: applications, permits, plans, meters, zones, settings and the like.

Records are immutable and made of JSON values, so that a store can keep them as they are; days are ISO 8601 texts,
which sort as days do. A change replaces the whole record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = [
    "KINDS",
    "Application",
    "Charge",
    "Closure",
    "Correction",
    "Exemption",
    "Filing",
    "Level",
    "Meter",
    "Order",
    "Permit",
    "PermitYear",
    "Quota",
    "Raised",
    "Record",
    "Saving",
    "Setting",
    "Transfer",
    "Zone",
    "permit_year",
    "read_record",
]


class Charge(NamedTuple):
    """What a right draws in one year of account of one water (its own or ``total``), in m³."""

    water: str
    year: int
    volume_m3: int


class Application(NamedTuple):
    """A request for a withdrawal right, and what became of it.

    Attributes:
        application: its identifier.
        applicant: who asks.
        node: where.
        water: which water.
        volume_m3: the volume that was admitted, in m³ a year; cut to the works' capacity where that is smaller.
        start, end: the first and the last day of the term asked for.
        purpose: what for.
        status: ``incomplete``, ``admitted``, ``referred``, ``exempt``, ``approved``, ``permitted``, ``refused`` or
            ``lapsed``.
        fields: all fields of the application as filed.
        charges: what it draws; empty where it draws nothing.
        filed: the day it was filed.
        decided: the day of the authority's decision, empty before.
        works: the day on which the works began, empty before.
        stops: periods in which the clock of the decision stood still, as (first day, last day); the last one may
            be open, with an empty last day.
        permit: the permit that came of it, empty before.
        escalate: the highest node whose use restricts approvals; approval is for a level above it; empty for none.
    """

    application: str
    applicant: str
    node: str
    water: str
    volume_m3: int
    start: str
    end: str
    purpose: str
    status: str
    fields: Mapping[str, Any]
    charges: tuple[Charge, ...]
    filed: str
    decided: str = ""
    works: str = ""
    stops: tuple[tuple[str, str], ...] = ()
    permit: str = ""
    escalate: str = ""


class Permit(NamedTuple):
    """A withdrawal permit.

    Attributes:
        permit: its number.
        application: the application it came of.
        holder: who holds it.
        node: where.
        water: which water.
        purpose: what for.
        volume_m3: the permitted volume in m³ a year, as it stands now.
        start, end: the first and the last day of the term.
        status: ``valid``, ``suspended``, ``expired``, ``cancelled`` or ``revoked``.
        charges: what it draws in each year.
        capacity_m3: the capacity of the works in m³ a year, 0 where unknown.
        fields: all fields of the application as filed.
        last_use: the last day of a reading above 0, empty before the first.
        excused: the last day up to which standing idle is excused, empty for none.
        asked: the day on which a renewal was asked for, empty for none.
        saving_m3: savings certified and not yet sold, in m³ a year.
    """

    permit: str
    application: str
    holder: str
    node: str
    water: str
    purpose: str
    volume_m3: int
    start: str
    end: str
    status: str
    charges: tuple[Charge, ...]
    capacity_m3: int
    fields: Mapping[str, Any]
    last_use: str = ""
    excused: str = ""
    asked: str = ""
    saving_m3: int = 0


class PermitYear(NamedTuple):
    """One year of a permit, in its own water's years of account.

    Attributes:
        permit: the permit.
        year: the year.
        plan_m3: the plan in force, None where none was issued.
        approver: who issued it.
        used_m3: metered and estimated use.
        estimated_m3: the part of it that was not metered.
    """

    permit: str
    year: int
    plan_m3: int | None = None
    approver: str = ""
    used_m3: int = 0
    estimated_m3: int = 0


class Meter(NamedTuple):
    """A meter: the one permit (one source, one purpose) that it counts, and the last day it was read for.

    Attributes:
        meter: its identifier.
        permit: whose use it counts.
        last: the last day read, empty before.
        repair: the day by which it must be repaired, empty while it works.
        booked: the last day that was booked at capacity, empty for none.
        spans: the periods read, as (first day, last day), merged where one follows the other.
    """

    meter: str
    permit: str
    last: str = ""
    repair: str = ""
    booked: str = ""
    spans: tuple[tuple[str, str], ...] = ()


class Zone(NamedTuple):
    """A regime on a place: ``kind`` as in the event, ``water`` empty for every water, days empty where open."""

    node: str
    kind: str
    water: str
    start: str
    end: str
    document: str


class Level(NamedTuple):
    """The latest groundwater level of a unit against its control level, in metres as exact decimals in text."""

    node: str
    day: str
    level_m: str
    control_m: str


class Quota(NamedTuple):
    """A water-use quota: m³ per unit of product as an exact decimal in text, from a day on."""

    product: str
    process: str
    tier: str
    m3_per_unit: str
    unit: str
    issuer: str
    start: str
    document: str


class Setting(NamedTuple):
    """A dated setting; ``node`` is empty where it holds everywhere."""

    name: str
    value: Any
    start: str
    node: str
    document: str


class Order(NamedTuple):
    """A drought or dispatch order: a factor (exact decimal in text) or a volume in m³ in place of a yearly limit."""

    node: str
    water: str
    factor: str
    volume_m3: int | None
    start: str
    end: str
    document: str


class Transfer(NamedTuple):
    """A trade of rights, as posted."""

    kind: str
    source: str
    target: str
    volume_m3: int
    start: str
    end: str
    document: str


class Saving(NamedTuple):
    """A saving that was made and checked, in m³ a year."""

    permit: str
    volume_m3: int
    approver: str
    document: str
    day: str


class Filing(NamedTuple):
    """A yearly return: the use of a year and the proposal for the next, in m³."""

    permit: str
    year: int
    used_m3: int
    next_year_m3: int
    day: str


class Closure(NamedTuple):
    """A year closed at a node: no entry in it afterwards, except a correction that names the entry it corrects."""

    node: str
    year: int


class Correction(NamedTuple):
    """A reading that was corrected: its key, and the key of the reading in its place."""

    key: str
    by: str


class Exemption(NamedTuple):
    """A withdrawal that needs no permit, as recorded, and the rule that says so; ``end`` is its last day."""

    application: str
    node: str
    water: str
    volume_m3: int
    rule: str
    end: str


class Raised(NamedTuple):
    """Something that a tick made due: by which rule, for what, and on which day."""

    rule: str
    subject: str
    day: str


Record = (
    Application
    | Permit
    | PermitYear
    | Meter
    | Zone
    | Level
    | Quota
    | Setting
    | Order
    | Transfer
    | Saving
    | Filing
    | Closure
    | Correction
    | Exemption
    | Raised
)

KINDS: Mapping[str, type[Record]] = {
    "application": Application,
    "permit": Permit,
    "permit_year": PermitYear,
    "meter": Meter,
    "zone": Zone,
    "level": Level,
    "quota": Quota,
    "setting": Setting,
    "order": Order,
    "transfer": Transfer,
    "saving": Saving,
    "filing": Filing,
    "closure": Closure,
    "correction": Correction,
    "exemption": Exemption,
    "raised": Raised,
}


def permit_year(permit: str, year: int) -> str:
    """Return the identifier of one year of a permit, or of its return."""
    return f"{permit} {year}"


def read_record(kind: str, values: list[Any]) -> Record:
    """Return the record whose values a store kept as a JSON list.

    Raises:
        KeyError: there is no such kind.
        TypeError: the values are not those of the kind.
    """
    record = KINDS[kind](*values)
    if isinstance(record, Application):
        stops = tuple((first, last) for first, last in record.stops)
        return record._replace(charges=tuple(Charge(*c) for c in record.charges), stops=stops)
    if isinstance(record, Meter):
        return record._replace(spans=tuple((first, last) for first, last in record.spans))
    if isinstance(record, Permit):
        return record._replace(charges=tuple(Charge(*c) for c in record.charges))
    return record
