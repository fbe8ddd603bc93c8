"""One step of gradient descent."""

from __future__ import annotations

from typing import Any

from nncalc.trace.work import Work


def updated(work: Work, parameters: dict[str, Any], gradients: dict[str, Any], rate: float) -> dict[str, Any]:
    """W_new = W − rate·∂L/∂W for each parameter that has a gradient; {"W_new": …}."""
    with work.section("", "Update"):
        return {
            f"{name}_new": work.let(f"{name}_new", v - rate * gradients[f"dL/d{name}"])
            for name, v in parameters.items()
            if f"dL/d{name}" in gradients
        }
