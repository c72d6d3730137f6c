"""Chains of transforms as Glue's guides show them, on data of ours, held by what comes out at each step."""

from awsglue.transforms import (
    ApplyMapping,
    DropFields,
    DropNullFields,
    Filter,
    Join,
    Map,
    Relationalize,
    RenameField,
    ResolveChoice,
    SelectFields,
    SelectFromCollection,
    SplitFields,
    Unbox,
    UnnestFrame,
)

from awsglue_local.testing import assert_frames_equal, records

LOANS = [
    {"loan": "1", "book": "10", "late": "YES", "shelf": "7"},
    {"loan": "2", "book": "11", "late": "NO", "shelf": "8"},
    {"loan": "3", "book": "12", "late": "YES", "shelf": "9"},
]
SHELVES = [
    {"shelf": 7, "books": [{"id": 10, "title": "Low, tide"}, {"id": 13, "title": None}]},
    {"shelf": 8, "books": [{"id": 11, "title": "Fog"}]},
    {"shelf": 9, "books": []},
]


def tree(frame):
    return frame._jdf.schema().treeString().splitlines()[1:]


def test_late_loans_are_joined_with_their_shelves_and_the_books_become_a_table(dynamic_frame_from_json):
    loans, shelves = dynamic_frame_from_json(LOANS, "loans"), dynamic_frame_from_json(SHELVES, "shelves")

    typed = ApplyMapping.apply(loans, [("loan", "String", "loan", "Long"), ("late", "String", "late", "String"),
                                       ("shelf", "string", "shelf", "int")])  # fmt: skip
    assert tree(typed) == ["|-- loan: long", "|-- late: string", "|-- shelf: int"]
    late = SelectFields.apply(Filter.apply(typed, lambda loan: loan["late"] == "YES"), ["shelf"])
    joined = Join.apply(shelves, late, "shelf", "shelf")
    assert sorted(joined.toDF().columns) == [".shelf", "books", "shelf"]

    tables = Relationalize.apply(DropFields.apply(joined, "`.shelf`"), "unused", "root")
    assert sorted(tables.keys()) == ["root", "root_books"]
    ids = {row["shelf"]: row["books"] for row in records(tables["root"])}
    books = SelectFromCollection.apply(tables, "root_books")
    assert tree(books) == ["|-- id: long", "|-- index: int", "|-- books.val.id: int", "|-- books.val.title: string"]
    assert_frames_equal(books, [
        {"id": ids[7], "index": 0, "books.val.id": 10, "books.val.title": "Low, tide"},
        {"id": ids[7], "index": 1, "books.val.id": 13, "books.val.title": ""},
        {"id": ids[9], "books.val.title": ""},
    ])  # fmt: skip

    named = RenameField.apply(RenameField.apply(books, "`books.val.id`", "key"), "`books.val.title`", "title")
    made = ResolveChoice.apply(DropFields.apply(named, ["index", "id"]), specs=[("key", "cast:String")])
    assert_frames_equal(made, [{"key": "10", "title": "Low, tide"}, {"key": "13", "title": ""}, {"title": ""}])


def test_a_text_is_unboxed_unnested_and_loses_what_is_null_everywhere(dynamic_frame_from_json, capsys):
    given = dynamic_frame_from_json([{"site": "N", "seen": '{"owl": 2, "elk": null}'},
                                     {"site": "S", "seen": '{"owl": 5, "fox": {"den": 1}}'}])  # fmt: skip

    opened = Unbox.apply(given, "seen", "json")
    assert "|    |-- elk: null" in tree(opened)
    flat = UnnestFrame.apply(opened)
    assert sorted(flat.toDF().columns) == ["seen.elk", "seen.fox.den", "seen.owl", "site"]
    kept = DropNullFields.apply(flat)
    assert "null_fields ['`seen.elk`']" in capsys.readouterr().out
    halves = SplitFields.apply(kept, ["site"], "where", "what")
    assert_frames_equal(halves["where"], [{"site": "N"}, {"site": "S"}])
    assert_frames_equal(halves["what"], [{"seen.owl": 2}, {"seen.owl": 5, "seen.fox.den": 1}])


def test_mixed_keys_are_projected_and_prices_put_into_structs(dynamic_frame_from_json):
    given = dynamic_frame_from_json([{"room id": 5000000001, "price": "$10.50", "city": "Bern"},
                                     {"room id": "none", "price": "$7", "city": "Chur"}])  # fmt: skip
    assert tree(given)[:3] == ["|-- room id: choice", "|    |-- long", "|    |-- string"]
    assert sorted(given.resolveChoice(choice="make_cols").toDF().columns) == [
        "city", "price", "room id_long", "room id_string"
    ]  # fmt: skip

    def cleaned(record):
        record["clean"] = record["price"][1:]
        record["Place"] = {"City.Name": record["city"], "Parts": [record["city"], record["price"]]}
        return record

    projected = given.resolveChoice(specs=[("room id", "project:long")])
    known = Map.apply(Filter.apply(projected, lambda record: record["room id"] is not None), cleaned)
    made = ApplyMapping.apply(known, [
        ("room id", "long", "room.id", "long"), ("clean", "string", "price.paid", "double"),
        ("Place.`City.Name`", "string", "room.city", "string"), ("Place.Parts", "array", "parts", "array"),
    ])  # fmt: skip

    assert tree(made)[:5] == ["|-- room: struct", "|    |-- id: long", "|    |-- city: string", "|-- price: struct",
                              "|    |-- paid: double"]  # fmt: skip
    assert_frames_equal(made, [{"room": {"id": 5000000001, "city": "Bern"}, "price": {"paid": 10.5},
                                "parts": ["Bern", "$10.50"]}])  # fmt: skip
