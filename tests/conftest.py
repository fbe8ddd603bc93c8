"""What the tests share: how many examples hypothesis tries, and small helpers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from browser import Browser
from hypothesis import HealthCheck, settings

os.environ["PYTHONWARNINGS"] = "error"  # in the processes that tests start, too
os.environ["NNCALC_STRICT"] = "1"  # what a user is spared, a test shall see

EXAMPLES, FEW_EXAMPLES = int(os.environ.get("NNCALC_EXAMPLES", "25")), 8


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser a file of tests."""
    with Browser(tmp_path_factory.mktemp("profile")) as one:
        yield one


def pytest_configure(config: pytest.Config) -> None:
    """How much chance tries: before a commit little, in the whole check more."""
    fast = config.getoption("markexpr") == "fast"
    settings.register_profile(
        "nncalc",
        max_examples=min(EXAMPLES, FEW_EXAMPLES) if fast else EXAMPLES,
        deadline=None,
        derandomize=bool(os.environ.get("CI")),  # there a red build shall be the change's fault; chance looks elsewhere
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    settings.load_profile("nncalc")


# What is fast enough to be run after each change: `pytest -m fast`. The other files start processes, train networks,
# mark sheets or try what chance gives; they are a part of the whole check,
# as are the pages of the many problems and examples, and those of a narrow terminal.
FAST = "arithmetic bugs exercises expression functions golden house notation params reader recurrent rules"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        later = any(part in item.name for part in ("[problems/", "[examples/", ".table80."))
        if item.path.stem.removeprefix("test_") in FAST.split() and not later:
            item.add_marker("fast")
