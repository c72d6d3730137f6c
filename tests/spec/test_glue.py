"""The machines: what Glue 5.1 has."""

import pytest
from pydantic import ValidationError

from glue_lib.spec.glue import Glue


def test_the_smallest_cluster_is_the_default():
    glue = Glue()
    assert (glue.worker_type, glue.workers, glue.timeout_minutes, glue.execution_class, glue.version) == (
        "G.1X",
        2,
        480,
        "STANDARD",
        "5.1",
    )


def test_flex_needs_small_workers():
    assert Glue(execution_class="FLEX", worker_type="G.2X").workers == 2
    with pytest.raises(ValidationError, match=r"runs on G\.1X or G\.2X only, not on `G\.4X`"):
        Glue(execution_class="FLEX", worker_type="G.4X")


@pytest.mark.parametrize(
    "field", [{"workers": 1}, {"timeout_minutes": 0}, {"timeout_minutes": 10_080}, {"version": "4.0"}]
)
def test_what_glue_refuses_is_refused(field):
    with pytest.raises(ValidationError):
        Glue(**field)


def test_flex_does_not_queue():
    assert Glue(queueing=True).queueing
    with pytest.raises(ValidationError, match=r"`queueing: true` and `execution_class: FLEX` exclude each other"):
        Glue(execution_class="FLEX", queueing=True)


def test_a_connection_is_a_name_and_no_arn():
    assert Glue(connections=["headwater-vpc", "1"]).connections == ["headwater-vpc", "1"]
    for wrong in ("arn:aws:glue:eu-west-1:1:connection/vpc", "", "a,b", " a"):
        with pytest.raises(ValidationError, match="no name of a Glue connection"):
            Glue(connections=[wrong])
