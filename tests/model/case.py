"""A stream and its source at random: what a seed stands for, in the pipeline file and in the model."""

import random
from dataclasses import dataclass
from typing import Any, Self

from glue_lib.spec.loader import loads
from tests.model.story import Story
from tests.model.stream import Stream

MODES = ("replace", "append", "upsert", "history", "snapshot")


@dataclass(frozen=True)
class Case:
    """A stream and its source, as a seed makes them."""

    seed: int
    dice: random.Random
    mode: str
    keyed: bool
    ordered: bool
    flag: bool  # records say that they are deleted
    stream: bool  # another stream tells it
    marks: bool  # rows that are gone stay, and are marked
    arrays: list[str]
    looks_first: bool  # at the keys, as where there is much
    more: list[str]
    element_keys: bool
    revisions: bool  # a second field tells the order

    @classmethod
    def of(cls, seed: int) -> Self:
        """Return the case of a seed: its mode in turn, all else at random."""
        dice, mode = random.Random(seed), MODES[seed % len(MODES)]
        deletes = mode in ("upsert", "history", "snapshot")
        return cls(
            seed,
            dice,
            mode,
            keyed=deletes or dice.random() < 0.6,
            ordered=mode == "history" or dice.random() < 0.7,
            flag=deletes and dice.random() < 0.5,
            stream=deletes and dice.random() < 0.5,
            marks=mode == "snapshot" and dice.random() < 0.5,
            arrays=["items", *dice.sample(["labels", "grid"], dice.randint(0, 1))],
            looks_first=seed % 2 == 0,
            more=dice.sample(["prices", "made", "seen"], dice.randint(0, 2)),
            element_keys=dice.random() < 0.4,
            revisions=dice.random() < 0.4,
        )

    def steps(self, runs: int) -> list[str]:
        """Return what happens: runs of the stream, one of deletions among them, and an earlier one again."""
        steps = ["orders"] * runs
        if self.stream:
            steps.insert(self.dice.randint(1, runs), "gone")
        return [*steps, "again"] if runs > 2 else steps

    @property
    def order(self) -> tuple[str, ...]:
        """Return the fields that tell which record is newer."""
        return ("at", "rev")[: 1 + self.revisions] if self.ordered else ()

    @property
    def order_of_deletions(self) -> tuple[str, ...]:
        """Return the same of the stream of deletions."""
        return tuple(f"gone_{name}" for name in self.order)

    def pipeline(self) -> Any:
        """Return the pipeline file."""
        write = {"snapshot": f"{{type: snapshot, most_gone: 1, gone: {'mark' if self.marks else 'delete'}}}"}
        said = {
            "key": "[id]" if self.keyed else "",
            "order": f"[{', '.join(self.order)}]" if self.ordered else "",
            "deleted": "{when: status, is: [deleted]}" if self.flag else "",
            "write": write.get(self.mode, self.mode),
            "types": "{prices: map, made: epoch_s}",
            "times": "recognised" if "seen" in self.more else "",
            "element_keys": "{items: sku}" if self.element_keys else "",
        }
        orders = ", ".join(f"{name}: {text}" for name, text in said.items() if text)
        order = f", order: [{', '.join(self.order_of_deletions)}]" if self.ordered else ""
        gone = f"  gone: {{path: /gone, key: [of]{order}, deletes: orders}}\n" if self.stream else ""
        return loads(
            "source: shop\nbase_url: http://127.0.0.1:9\ndefaults: {max_bad_share: 1}\nstreams:\n"
            f"  orders: {{path: /orders, {orders}}}\n{gone}",
            "shop.yaml",
        )

    def model(self) -> Stream:
        """Return the plain-Python model of the stream, without a row."""
        return Stream(
            "orders",
            self.mode,
            key=("id",) if self.keyed else (),
            order=self.order,
            marks=self.marks,
            flags=self.flag,
            types={("prices",): "map", ("made",): "epoch_s"},
            element_keys={("items",): "sku"} if self.element_keys else {},
            recognises="seen" in self.more,
        )

    def story(self) -> Story:
        """Return the source."""
        keys = [1, 2, 3, "4", 5, "x y", 7]
        return Story(self.dice, keys, self.ordered, self.flag, self.arrays, self.more, self.revisions)
