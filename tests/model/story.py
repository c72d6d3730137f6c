"""Random stories of a source: records that are new, change, shrink, come late, come twice, are bad or are deleted."""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
ABSENT = object()


@dataclass(frozen=True)
class Number:
    """A number that is written as the text says."""

    text: str


def written(value: Any) -> str:
    """Return the value as JSON."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        members = (f"{json.dumps(key)}: {written(below)}" for key, below in value.items() if below is not ABSENT)
        return f"{{{', '.join(members)}}}"
    return json.dumps(value, ensure_ascii=False)


TAME = [1, 2, 30, Number("12.50"), Number("0.1")]
WILD = [
    Number("12345678901234567890"), Number("-9223372036854775808"), Number("1234567890" * 4 + "12345"),
    Number("12345678901234567.123"), Number("0.30000000000000004"), Number("9007199254740993"), "12", "", "é \"x\"",
    True, False, 7, Number("1.5"), Number("-2.0"), Number("1e3"), Number("2.5e-3"), Number("1.5E+20"), Number("1e400"),
]  # fmt: skip


@dataclass
class Story:
    """What a source does: `run()` gives the parts of the next run, each some lines of JSON."""

    dice: random.Random
    keys: list[Any]
    has_order: bool
    deletes: bool
    arrays: list[str]
    more: list[str] = field(default_factory=list)  # further fields: a map `prices`, moments `made` and `seen`
    has_revisions: bool = False  # the order has a second field
    number: int = 0
    alive: dict[int, dict[str, Any]] = field(default_factory=dict)

    def run(self, *, is_whole: bool) -> list[list[str]]:
        self.number += 1
        dice = self.dice
        found: list[dict[str, Any]] = []
        for place in range(len(self.keys)):
            fate = dice.random()
            if place not in self.alive:
                if fate < 0.7:
                    self.alive[place] = self._record(place)
                    found.append(self.alive[place])
            elif fate < 0.15:
                gone = self.alive.pop(place)
                if self.deletes:
                    found.append(gone | {"status": "deleted"} | self._at())
            elif fate < 0.65:
                self.alive[place] = self._changed(self.alive[place])
                found.append(self.alive[place])
            elif fate < 0.8 or is_whole:
                found.append(self.alive[place])
        found += self._oddities(found)
        if not is_whole and dice.random() < 0.05:
            found = []
        dice.shuffle(found)
        lines = [written(self._spelt(one)) for one in found]
        cut = dice.randint(0, len(lines))
        return [part for part in (lines[:cut], lines[cut:]) if part]

    def deletions(self) -> list[list[str]]:
        """Tell the deletion of some records, those that never were among them."""
        told = [
            {"of": self.keys[place]} | self._at("gone_at")
            for place in range(len(self.keys))
            if self.dice.random() < 0.3
        ]
        for place, one in enumerate(self.keys):
            if any(one is each["of"] for each in told):
                self.alive.pop(place, None)
        return [[written(one) for one in told]] if told else []

    def _spelt(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the record, now and then with another spelling of its number for a key."""
        key = record["id"]
        spellings = [f"{key}.0", f"{key}e0", f"{key}0E-1"]
        is_other = type(key) is int and self.dice.random() < 0.1
        return record | {"id": Number(self.dice.choice(spellings))} if is_other else record

    def _record(self, place: int) -> dict[str, Any]:
        record = {"id": self.keys[place], "name": self._text(), **self._at(), "amount": self._scalar()}
        record["who"] = self.dice.choice(
            [{"city": self._text(), "age": self._scalar()}, {"city": None}, {}, None, ABSENT]
        )
        record |= {array: self._array(array) for array in self.arrays}
        record |= {name: {"prices": self._map, "made": self._count, "seen": self._moment}[name]() for name in self.more}
        if self.number > 1 and self.dice.random() < 0.3:
            record[f"extra{self.dice.randint(1, 2)}"] = self.dice.choice([self._scalar(), {"deep": [self._scalar()]}])
        return record

    def _changed(self, record: dict[str, Any]) -> dict[str, Any]:
        dice, new = self.dice, self._record(self.keys.index(record["id"]))
        fields = dice.sample(sorted(new.keys() - {"id"}), dice.randint(1, 3))
        changed = record | {name: new[name] for name in fields} | self._at()
        for array in self.arrays:
            if isinstance(changed.get(array), list) and dice.random() < 0.4:
                changed[array] = self._shrunk(changed[array])
        return changed

    def _shrunk(self, array: list[Any]) -> Any:
        way = self.dice.choice(["empty", "null", "absent", "shorter", "inner"])
        if way == "inner":
            return [
                one | {"tags": self.dice.choice([[], None, one.get("tags", [])[:1] if one.get("tags") else []])}
                if isinstance(one, dict)
                else one
                for one in array
            ]
        return {"empty": [], "null": None, "absent": ABSENT, "shorter": array[:-1]}[way]

    def _oddities(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        dice, odd = self.dice, []
        for one in found:
            if dice.random() < 0.15:  # twice in one run, the other with other content
                odd.append(self._record(self.keys.index(one["id"])))
            if self.has_order and dice.random() < 0.1:  # late: from before the first run
                odd.append(self._record(self.keys.index(one["id"])) | {"at": f"2025-12-{dice.randint(1, 28):02}"})
        if dice.random() < 0.4:
            odd.append({**self._record(0), "id": dice.choice([None, ABSENT, [1], {}])})
        return odd

    def _at(self, name: str = "at") -> dict[str, Any]:
        if not self.has_order:
            return {}
        moment = FIRST + timedelta(days=self.number, hours=self.dice.randint(-30, 3))
        forms = [moment.isoformat(), moment.date().isoformat(), moment.strftime("%Y-%m-%dT%H:%M:%SZ")]
        told = {name: self.dice.choice([*forms, *forms, None, "soon"])}
        return told | ({name.replace("at", "rev"): self.dice.randint(1, 3)} if self.has_revisions else {})

    def _map(self) -> Any:
        dice = self.dice
        if dice.random() < 0.2:
            return dice.choice([{}, None, ABSENT, []])
        keys = dice.sample(["eur", "usd", "é", "a b"], dice.randint(1, 3))
        return {key: dice.choice([{"amount": self._scalar(), "taxes": ["vat"]}, self._scalar(), None]) for key in keys}

    def _count(self) -> Any:
        counts = [1769848200, Number("1769848200.25"), "1769848200.5", Number("1769848200.1234567"), -5]
        return self.dice.choice([*counts, *counts, self._scalar(), None])

    def _moment(self) -> Any:
        texts = ["2026-01-31T08:30:00Z", "2026-01-31T08:30:00.25Z", "2026-01-31T08:30:00+00:00"]
        odd = ["2026-01-31", "2026-01-31T08:30:00+02:00", "2026-02-30T08:30:00Z", "", self._scalar()]
        return self.dice.choice(odd if self.dice.random() < 0.05 * (self.number - 1) else [*texts, None])

    def _array(self, name: str) -> Any:
        dice = self.dice
        if dice.random() < 0.15:
            return dice.choice([[], None, ABSENT])
        if name == "items":
            return [self._item() for _ in range(dice.randint(1, 3))]
        if name == "grid":
            return [dice.choice([[1, 2], [3], [], None, [self._scalar()]]) for _ in range(dice.randint(1, 3))]
        return [dice.choice([self._scalar(), self._text(), None]) for _ in range(dice.randint(1, 3))]

    def _item(self) -> Any:
        if self.dice.random() < 0.1:
            return self.dice.choice([None, {}, "odd"])
        tags = self.dice.choice([["a"], ["a", "b"], [], None, ["c", self._scalar()]])
        return {"sku": self._text(), "quantity": self._scalar(), "tags": tags}

    def _scalar(self) -> Any:
        return self.dice.choice(WILD) if self.dice.random() < 0.15 * self.number else self.dice.choice([*TAME, None])

    def _text(self) -> str:
        return self.dice.choice(["", "fig", "pear", "12", "null"])
