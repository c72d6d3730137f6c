"""A first file from answers: it is a valid pipeline, whichever answers were given."""

import itertools

import pytest

from glue_lib.discover.noted import written
from glue_lib.discover.starting import AUTHS, PAGINATIONS, Answers, head, started, tail
from glue_lib.spec.loader import loads
from glue_lib.spec.pipeline import Pipeline


def made(**given: object) -> tuple[Pipeline, str]:
    answers = Answers(**({"base_url": "https://api.shop.example/v1", "path": "/v1/orders"} | given))  # type: ignore[arg-type]
    text = written(started(answers), head(answers), tail("shop.yaml", answers))
    return loads(text, "shop.yaml"), text


@pytest.mark.parametrize(("auth", "pagination"), list(itertools.product(AUTHS, PAGINATIONS)))
def test_every_pair_of_kinds_is_a_valid_file(auth: str, pagination: str):
    pipeline, _ = made(auth=auth, pagination=pagination)

    assert pipeline.auth.type == auth
    assert pipeline.stream("orders").pagination.type == PAGINATIONS[pagination]["type"]


def test_two_answers_are_enough():
    pipeline, text = made()

    assert (pipeline.source, list(pipeline.streams)) == ("shop", ["orders"])
    assert "headwater preview shop.yaml" in text
    assert "HEADWATER_SECRET_SHOP_TOKEN" in text


@pytest.mark.parametrize(
    ("given", "write"),
    [
        ({}, "replace"),
        ({"key": ("id",)}, "replace"),
        ({"key": ("id",), "cursor_field": "updated_at", "cursor_param": "since"}, "upsert"),
        ({"cursor_field": "updated_at", "cursor_param": "since"}, "append"),
    ],
    ids=("nothing", "key", "key and cursor", "cursor"),
)
def test_the_write_mode_fits_what_is_known(given: dict[str, object], write: str):
    pipeline, _ = made(**given)

    assert pipeline.stream("orders").write.type == write


def test_a_secret_of_another_name_and_a_user_are_taken():
    pipeline, text = made(auth="basic", username="ann@example.org/token", secret="desk/api#key", source="desk")

    assert pipeline.auth.username == "ann@example.org/token"
    assert [str(one) for one in pipeline.references()] == ["${secret:desk/api#key}"]
    assert "HEADWATER_SECRET_DESK_API_KEY" in text
