"""Salesforce's REST API: a login whose token says no end, SOQL, pages behind `nextRecordsUrl`, bulk results as CSV.

Served are `POST /services/oauth2/token` and, below `/services/data/v62.0/`, `query?q=`, `queryAll?q=`,
`query/{locator}`, `jobs/query` and `jobs/query/{id}/results`. Of SOQL it understands what `soql` says.

A session ends after `SESSION` calls, a page holds at most `BATCH` records and a subquery `SUBQUERY`: in real life these
are hours, 2,000 and 200 or more.
"""

import base64
import re
import time
from decimal import Decimal
from typing import ClassVar

from .kit import Answer, Call, Clock, Emulator, Record, Refused
from .salesforce_data import FIELDS, accounts, contact_rows, contacts, opportunities, stamp
from .soql import Malformed, Query, parsed

CLIENT_ID, CLIENT_SECRET = "emulated-salesforce-client", "emulated-salesforce-secret"
VERSION = "/services/data/v62.0"
SESSION, BATCH, SUBQUERY = 9, 50, 4
_JOB = "750EMULATED0001"


class Salesforce(Emulator):
    """A CRM: OAuth2 sessions that end unannounced, SOQL whose subqueries are cut, bulk CSV with a `null` locator."""

    name = "salesforce"
    secrets: ClassVar = {
        "HEADWATER_SECRET_SALESFORCE_CLIENT_ID": CLIENT_ID,
        "HEADWATER_SECRET_SALESFORCE_CLIENT_SECRET": CLIENT_SECRET,
    }

    def __init__(self, clock: Clock = time.time, *, daily: int = 15_000) -> None:
        super().__init__(clock)
        self._daily, self._used = daily, 0
        self._logins, self._session_calls = 0, 0
        self._locators: dict[str, list[Record]] = {}
        self._objects = {"Account": accounts(), "Opportunity": opportunities(), "Contact": contacts()}

    def answer(self, call: Call) -> Answer:
        """Return a token, a page of a query or of a job's results, or the API's own error."""
        if call.path == "/services/oauth2/token":
            return self._login(call)
        self._authorize(call)
        self._used += 1
        if self._used > self._daily:
            raise _refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        answer = self._page(call, call.path.removeprefix(VERSION + "/"))
        usage = {"Sforce-Limit-Info": f"api-usage={self._used}/{self._daily}"}
        return Answer(answer.status, answer.body, usage | dict(answer.headers))

    def truth(self) -> dict[str, list[Record]]:
        """Return the records with all of their subqueries' records; rows of the bulk results are texts."""
        job = self._job()
        rows = [{"_bulk_jobs_id": _JOB} | row for row in contact_rows(self._objects["Contact"])]
        whole = [self._whole(one) for one in self._objects["Account"]]
        deals = [_shown("Opportunity", one, FIELDS["Opportunity"]) for one in self._objects["Opportunity"]]
        return {"accounts": whole, "opportunities": deals, "bulk_jobs": [job], "bulk_contacts": rows}

    def _whole(self, account: Record) -> Record:
        shown, under = self._subquery(account), self._under(account)
        contacts = shown | {"records": under} if shown else None
        return _shown("Account", account, FIELDS["Account"]) | {"Contacts": contacts}

    @property
    def times_limited(self) -> int:
        """Return how many sessions came to their end; the day's quota, once it is used up, ends a reading."""
        return self._logins - 1

    def change(self) -> dict[str, list[Record]]:
        """Win an old opportunity and delete another."""
        now = stamp(self.clock())
        won, gone = self._objects["Opportunity"][3], self._objects["Opportunity"][5]
        won |= {"StageName": "Closed Won", "SystemModstamp": now}
        gone |= {"IsDeleted": True, "SystemModstamp": now}
        return {"opportunities": [_shown("Opportunity", one, FIELDS["Opportunity"]) for one in (won, gone)]}

    def _login(self, call: Call) -> Answer:
        given = call.form
        if given.get("grant_type") != "client_credentials":
            raise Refused(
                Answer(400, {"error": "unsupported_grant_type", "error_description": "grant type not supported"})
            )
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        in_form = (given.get("client_id"), given.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if not in_form and call.headers.get("Authorization") != f"Basic {pair}":
            raise Refused(Answer(400, {"error": "invalid_client", "error_description": "invalid client credentials"}))
        self._logins, self._session_calls = self._logins + 1, 0
        told = {"access_token": self._token(), "instance_url": call.origin, "token_type": "Bearer", "signature": "eA=="}
        return Answer(200, told | {"issued_at": str(int(self.clock() * 1000)), "id": f"{call.origin}/id/00D/005"})

    def _token(self) -> str:
        return f"00DEMULATED!session-{self._logins}"

    def _authorize(self, call: Call) -> None:
        self._session_calls += 1
        is_good = self._logins and call.headers.get("Authorization") == f"Bearer {self._token()}"
        if not is_good or self._session_calls > SESSION:
            raise _refused(401, "INVALID_SESSION_ID", "Session expired or invalid")

    def _page(self, call: Call, path: str) -> Answer:
        locator = re.fullmatch(r"query/(01g\w+)-(\d+)", path)
        results = re.fullmatch(rf"jobs/query/{_JOB}/results", path)
        if call.method == "GET" and path in ("query", "queryAll"):
            return Answer(200, self._queried(call.one("q") or "", with_deleted=path == "queryAll"))
        if call.method == "GET" and locator:
            return Answer(200, self._located(locator[1], int(locator[2])))
        if call.method == "GET" and path == "jobs/query":
            return Answer(200, {"done": True, "records": [self._job()], "nextRecordsUrl": None})
        if call.method == "GET" and results:
            return self._results(call)
        raise _refused(404, "NOT_FOUND", "The requested resource does not exist")

    def _queried(self, text: str, *, with_deleted: bool) -> Record:
        try:
            query = parsed(text, FIELDS)
        except Malformed as error:
            raise _refused(400, "MALFORMED_QUERY", str(error)) from None
        rows = query.chosen([one for one in self._objects[query.source] if with_deleted or not one.get("IsDeleted")])
        return self._part(self._keep([self._record(query, one) for one in rows]), 0)

    def _record(self, query: Query, row: Record) -> Record:
        shown = _shown(query.source, row, query.fields)
        for name in query.subqueries:
            shown[name] = self._subquery(row)
        return shown

    def _under(self, account: Record) -> list[Record]:
        fields = ["Id", "LastName", "Email"]
        return [_shown("Contact", one, fields) for one in self._objects["Contact"] if one["AccountId"] == account["Id"]]

    def _subquery(self, account: Record) -> Record | None:
        under = self._under(account)
        return self._part(self._keep(under, f"01gUNDER{account['Id']}"), 0, SUBQUERY) if under else None

    def _keep(self, records: list[Record], identity: str = "") -> str:
        identity = identity or f"01gEMULATED{len(self._locators):05}"
        self._locators[identity] = records
        return identity

    def _located(self, identity: str, start: int) -> Record:
        if identity not in self._locators:
            raise _refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._part(identity, start)

    def _part(self, identity: str, start: int, most: int = BATCH) -> Record:
        records = self._locators[identity]
        end = start + most
        body: Record = {"totalSize": len(records), "done": end >= len(records)}
        following = {} if body["done"] else {"nextRecordsUrl": f"{VERSION}/query/{identity}-{end}"}
        return body | following | {"records": records[start:end]}

    def _job(self) -> Record:
        told = {"id": _JOB, "operation": "query", "object": "Contact", "state": "JobComplete"}
        return told | {
            "createdDate": "2025-06-01T00:00:00.000+0000",
            "apiVersion": Decimal("62.0"),
            "contentType": "CSV",
        }

    def _results(self, call: Call) -> Answer:
        rows = contact_rows(self._objects["Contact"])
        start, most = call.whole("locator", 0), min(call.whole("maxRecords", 70), 70)
        part, end = rows[start : start + most], start + most
        lines = [",".join(f'"{name}"' for name in rows[0])]
        lines += [",".join('"' + value.replace('"', '""') + '"' for value in row.values()) for row in part]
        told = {"Sforce-Locator": str(end) if end < len(rows) else "null", "Sforce-NumberOfRecords": str(len(part))}
        return Answer(200, "\n".join(lines) + "\n", told | {"Content-Type": "text/csv; charset=UTF-8"})


def _shown(kind: str, row: Record, fields: list[str]) -> Record:
    url = f"{VERSION}/sobjects/{kind}/{row['Id']}"
    return {"attributes": {"type": kind, "url": url}} | {name: row.get(name) for name in fields}


def _refused(status: int, code: str, message: str) -> Refused:
    return Refused(Answer(status, [{"message": message, "errorCode": code}]))
