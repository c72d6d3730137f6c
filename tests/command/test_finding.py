"""Checks side by side: each within its time, and never a stack trace."""

import threading

from glue_lib.command.finding import Check, examined, ok
from glue_lib.errors import ConfigError


def raising(error: Exception):
    def make():
        raise error

    return make


def test_findings_come_in_the_order_of_the_checks():
    first = threading.Event()

    def late():
        assert first.wait(10)
        return [ok("a", "1"), ok("a", "2")]

    def early():
        first.set()
        return [ok("b", "3")]

    found = examined([Check("a", late), Check("b", early)], 10)

    assert [(one.check, one.found) for one in found] == [("a", "1"), ("a", "2"), ("b", "3")]


def test_a_check_that_hangs_has_failed_and_keeps_no_other_from_being_told():
    never = threading.Event()

    def hang():
        never.wait(60)
        return []

    slow, quick = examined([Check("slow", hang), Check("quick", lambda: [ok("quick", "done")])], 0.2)

    never.set()
    assert (slow.check, slow.status, slow.found) == ("slow", "failed", "no answer within 0.2 s")
    assert quick.status == "ok"


def test_what_is_raised_for_a_user_is_found_with_its_remedy():
    (one,) = examined([Check("lake", raising(ConfigError("s3://x: no such bucket; create it")))], 5)
    assert (one.status, one.found, one.remedy) == ("failed", "s3://x: no such bucket", "create it")

    (one,) = examined([Check("lake", raising(ConfigError("all in one")))], 5)
    assert (one.found, one.remedy) == ("all in one", "see docs/errors.md")


def test_what_nobody_foresaw_is_a_finding_too_and_its_text_is_not_told():
    (one,) = examined([Check("java", raising(RuntimeError("password=1234")))], 5)

    assert one.status == "failed"
    assert "RuntimeError" in one.found and "1234" not in str(one)
