"""The objects of the emulated Salesforce."""

from datetime import UTC, datetime
from decimal import Decimal

from .kit import Record
from .seeds import Seed

FIELDS = {
    "Account": ["Id", "Name", "AnnualRevenue", "BillingCity", "SystemModstamp"],
    "Opportunity": ["Id", "Name", "Amount", "StageName", "CloseDate", "AccountId", "IsDeleted", "SystemModstamp"],
    "Contact": ["Id", "LastName", "Email", "AccountId", "SystemModstamp"],
}
BULK = ["Id", "LastName", "Email", "Description"]


def stamp(epoch: float) -> str:
    """Return a moment as Salesforce writes it: `2025-01-01T00:00:00.000+0000`."""
    whole = int(epoch * 1000)
    return datetime.fromtimestamp(whole // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{whole % 1000:03}+0000"


def accounts() -> list[Record]:
    """Return accounts, some with more contacts than a subquery shows."""
    return [_account(number, made) for number, made in enumerate(Seed("salesforce accounts").epochs(130))]


def opportunities() -> list[Record]:
    """Return opportunities, some deleted; every fifth changed in the same second as the one before it."""
    moments = Seed("salesforce opportunities").epochs(140)
    tied = [moments[n - 1] if n % 5 == 4 else moment for n, moment in enumerate(moments)]
    return [_opportunity(number, made) for number, made in enumerate(tied)]


def contacts() -> list[Record]:
    """Return the contacts of the accounts."""
    found = []
    for account in range(130):
        seed = Seed(f"salesforce contacts {account}")
        for number in range(seed.pick((0, 0, 1, 2, 4, 5, 11)) if account % 4 == 0 else 0):
            identity = f"003{account:06}{number:03}EMU"
            found.append(
                {
                    "Id": identity,
                    "LastName": seed.person().partition(" ")[2],
                    "Email": f"{identity.lower()}@example.org" if seed.chance(0.9) else None,
                    "AccountId": f"001{account:09}EMU",
                    "SystemModstamp": stamp(1_735_689_600 + account),
                }
            )
    return found


def contact_rows(found: list[Record]) -> list[dict[str, str]]:
    """Return the contacts as rows of a bulk result: all texts, null as the empty one."""
    notes = ('He said "no, thanks"', "two\nlines", "", "a,b")
    rows = [one | {"Description": notes[number % 4]} for number, one in enumerate(found)]
    return [{name: row[name] or "" for name in BULK} for row in rows]


def _account(number: int, made: float) -> Record:
    seed = Seed(f"salesforce account {number}")
    return {
        "Id": f"001{number:09}EMU",
        "Name": f"{seed.words(2).title()} {seed.pick(('Ltd', 'GmbH', 'Şirketi'))}",
        "AnnualRevenue": seed.pick((None, Decimal("12345678901234567.10"), Decimal("1.0E7"))),
        "BillingCity": seed.pick((None, "Łódź", "Boston")),
        "SystemModstamp": stamp(made),
    }


def _opportunity(number: int, made: float) -> Record:
    seed = Seed(f"salesforce opportunity {number}")
    return {
        "Id": f"006{number:09}EMU",
        "Name": seed.words(3),
        "Amount": seed.pick((None, seed.money(90_000))),
        "StageName": seed.pick(("Prospecting", "Closed Lost")),
        "CloseDate": "2025-09-30",
        "AccountId": f"001{seed.whole(0, 129):09}EMU",
        "IsDeleted": number % 30 == 7,
        "SystemModstamp": stamp(made + 0.5),
    }
