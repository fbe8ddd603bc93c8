"""All mistakes that are known by name, in one table: those of a topic, of the problem, of a formula, of a result."""

from __future__ import annotations

from nncalc.marking.mistakes import formulas, problems, results, topics, values

MISTAKES = (*topics.MISTAKES, *problems.MISTAKES, *formulas.MISTAKES, *values.MISTAKES, *results.MISTAKES)
