"""What the tests share: how many examples hypothesis tries, and small helpers."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ["PYTHONWARNINGS"] = "error"  # in the processes that tests start, too
os.environ["NNCALC_STRICT"] = "1"  # what a user is spared, a test shall see

settings.register_profile(
    "nncalc",
    max_examples=int(os.environ.get("NNCALC_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("nncalc")
