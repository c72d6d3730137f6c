import pytest

from glue_lib.shape.tolerance import Tolerance


@pytest.mark.parametrize(
    ("records", "share", "bad", "of", "limit"),
    [
        (None, None, 0, 0, None),
        (None, None, 10, 11, None),
        (None, None, 11, 110, None),
        (None, None, 11, 109, "more than 10 and more than a tenth"),
        (None, None, 1, 1, "all there are"),
        (5, None, 5, 6, None),
        (5, None, 6, 1000, "more than `max_bad_records: 5`"),
        (5, None, 5, 5, "all there are"),
        (100, None, 100, 101, None),
        (0, None, 1, 1000, "more than `max_bad_records: 0`"),
        (None, 0.0, 1, 1000, "more than `max_bad_share: 0`"),
        (None, 0.5, 50, 100, None),
        (None, 0.25, 26, 100, "more than `max_bad_share: 0.25`"),
        (None, 0.29, 29, 100, None),  # exactly as many, though 0.29 * 100 is a little less than 29
        (None, 0.29, 30, 100, "more than `max_bad_share: 0.29`"),
        (None, 0.57, 57, 100, None),
        (None, 1.0, 7, 7, None),
        (5, 0.5, 6, 100, "more than `max_bad_records: 5`"),
        (5, 0.01, 5, 100, "more than `max_bad_share: 0.01`"),
    ],
)
def test_so_many_bad_records_are_borne(records, share, bad, of, limit):
    assert Tolerance(records, share).exceeded(bad, of) == limit
