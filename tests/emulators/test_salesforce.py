import csv
import io
from urllib.parse import quote, urlencode

import pytest

from emulators.kit import Answer
from emulators.salesforce import CLIENT_ID, CLIENT_SECRET, SESSION, VERSION, Salesforce
from emulators.soql import Malformed, parsed

from .caller import Caller, Clock

FIELDS = {"Account": ["Id", "Name", "SystemModstamp"]}
ACCOUNTS = (
    "SELECT Id, Name, AnnualRevenue, BillingCity, SystemModstamp, (SELECT Id FROM Contacts) FROM Account ORDER BY Id"
)


def login(caller: Caller, **form: str) -> Answer:
    given = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | form
    answer = caller.post("/services/oauth2/token", urlencode(given).encode())
    if answer.status == 200:
        caller.headers["Authorization"] = f"Bearer {answer.body['access_token']}"
    return answer


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    caller = Caller(Salesforce(clock), clock)
    login(caller)
    return caller


def query(text: str, kind: str = "query") -> str:
    return f"{VERSION}/{kind}?q={quote(text)}"


def following(page: Answer) -> str | None:
    return page.body.get("nextRecordsUrl")


def test_a_token_says_where_to_go_but_not_how_long_it_lasts(caller: Caller):
    told = login(caller).body

    assert told["instance_url"] and "expires_in" not in told


@pytest.mark.parametrize(
    ("form", "error"),
    [({"client_secret": "wrong"}, "invalid_client"), ({"grant_type": "password"}, "unsupported_grant_type")],
)
def test_a_wrong_login_is_refused(caller: Caller, form: dict[str, str], error: str):
    answer = login(caller, **form)

    assert (answer.status, answer.body["error"]) == (400, error)


def test_a_session_ends_and_a_new_login_begins_another(caller: Caller):
    answers = [caller.get(f"{VERSION}/jobs/query") for _ in range(SESSION + 1)]

    assert [answer.status for answer in answers] == [200] * SESSION + [401]
    assert answers[-1].body[0]["errorCode"] == "INVALID_SESSION_ID"
    old = caller.headers["Authorization"]
    login(caller)
    assert caller.get(f"{VERSION}/jobs/query").status == 200
    assert caller.get(f"{VERSION}/jobs/query", Authorization=old).status == 401


def test_pages_are_linked_by_a_path_until_it_is_done(caller: Caller):
    pages = list(caller.walk(query(ACCOUNTS), following))

    truth = caller.emulator.truth()["accounts"]
    assert [one["Id"] for page in pages for one in page.body["records"]] == [one["Id"] for one in truth]
    assert [page.body["done"] for page in pages] == [False, False, True]
    assert {page.body["totalSize"] for page in pages} == {len(truth)}


def test_a_subquery_is_cut_and_goes_on_by_itself(caller: Caller):
    first = caller.get(query(ACCOUNTS)).body["records"]
    cut = next(one for one in first if one["Contacts"] and not one["Contacts"]["done"])
    rest = list(caller.walk(cut["Contacts"]["nextRecordsUrl"], following))

    whole = next(one for one in caller.emulator.truth()["accounts"] if one["Id"] == cut["Id"])["Contacts"]
    found = cut["Contacts"]["records"] + [one for page in rest for one in page.body["records"]]
    assert found == whole["records"]
    assert len(found) == cut["Contacts"]["totalSize"]


def test_only_queryall_has_what_is_deleted(caller: Caller):
    text = "SELECT Id, IsDeleted FROM Opportunity"

    counts = [caller.get(query(text, kind)).body["totalSize"] for kind in ("query", "queryAll")]

    assert counts == [135, 140]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM Account",
        "SELECT Id FROM Nothing",
        "SELECT Id FROM Account WHERE SystemModstamp > '2025-01-01T00:00:00Z'",
        "SELECT Id FROM Account WHERE SystemModstamp > 2025-01-01T00:00:00",
        "SELECT Id, Colour FROM Account",
    ],
)
def test_a_malformed_query_is_refused(caller: Caller, text: str):
    answer = caller.get(query(text))

    assert (answer.status, answer.body[0]["errorCode"]) == (400, "MALFORMED_QUERY")


def test_a_query_is_read_into_its_parts():
    found = parsed(
        "SELECT Id, Name, (SELECT Id FROM Contacts) FROM Account "
        "WHERE SystemModstamp >= 2025-01-01T00:00:00Z AND SystemModstamp < 2025-01-02T00:00:00+01:00 ORDER BY Name, Id",
        FIELDS,
    )

    assert (found.fields, found.subqueries, found.order) == (["Id", "Name"], ["Contacts"], ["Name", "Id"])
    assert [(sign, bound) for _, sign, bound in found.conditions] == [(">=", 1735689600.0), ("<", 1735772400.0)]
    with pytest.raises(Malformed, match="unexpected token"):
        parsed("DELETE FROM Account", FIELDS)


def test_bulk_results_are_csv_until_the_locator_is_the_text_null(caller: Caller):
    results = f"{VERSION}/jobs/query/750EMULATED0001/results"
    first = caller.get(f"{results}?maxRecords=60")
    last = caller.get(f"{results}?locator={first.headers['Sforce-Locator']}&maxRecords=60")

    rows = [row for page in (first, last) for row in csv.DictReader(io.StringIO(page.content.decode()))]
    wanted = [
        {name: one[name] for name in row}
        for one, row in zip(caller.emulator.truth()["bulk_contacts"], rows, strict=True)
    ]
    assert rows == wanted
    assert (last.headers["Sforce-Locator"], last.headers["Sforce-NumberOfRecords"]) == ("null", str(len(rows) - 60))
    assert first.headers["Content-Type"].startswith("text/csv")


def test_a_day_is_used_up_and_every_answer_tells_how_far():
    clock = Clock()
    caller = Caller(Salesforce(clock, daily=3), clock)
    login(caller)

    answers = [caller.get(f"{VERSION}/jobs/query") for _ in range(4)]

    assert answers[2].headers["Sforce-Limit-Info"] == "api-usage=3/3"
    assert (answers[3].status, answers[3].body[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
