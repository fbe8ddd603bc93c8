"""What help and errors tell of names: all choices in the help, the nearest few in an error."""

from __future__ import annotations

import pytest
from command import run

from nncalc.errors import some_of


def test_of_many_names_an_error_tells_the_nearest() -> None:
    names = [f"name{i}" for i in range(20)]
    assert some_of(names[:9]) == ", ".join(names[:9])
    assert some_of(names).split(" and ") == [", ".join(names[:8]), "12 more (see --help)"]
    assert some_of(names, "name17").startswith("name17, ") and some_of(names, see="").endswith("and 12 more")
    assert some_of(["\x1b[31m"]) == "\\x1b[31m"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("activation", "--x", "1", "--function", "relo"), "want one of relu, "),
        (("optimizer", "--rate", "1", "--steps", "2", "--schedule", "{kind: step, zzz: 1}"),
         "unknown key 'zzz'; want one of kind, factor, every, at, rates, decay, over, end, power"),
        (("optimizer", "--rate", "1", "--steps", "2", "--schedule", "step"),
         "want a mapping of kind, factor, every, at, rates, decay, over, end, power, got step"),
        (("posenc", "--kind", "alibi", "--positions", "3"), "heads: are missing; want how many, or slopes"),
        (("posenc", "--kind", "alibi", "--positions", "3", "--heads", "3", "--slopes", "1,2"), "but there are 3 heads"),
    ],
)  # fmt: skip
def test_errors_name_what_there_is(words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert done.code == 2 and said in done.err and len(done.err.strip().splitlines()) == 1


def test_heads_are_as_many_as_their_slopes() -> None:
    asked = ("--positions", "2", "--get", "B:2,2,1")
    assert run("posenc", "--kind", "alibi", "--slopes", "0.5,0.25", *asked).out.strip() == "-0.25"


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (
            "optimizer",
            [
                "sgd, momentum, nesterov",
                "its keys: kind, how it changes: step, piecewise, exponential",
                "| over, how many",
            ],
        ),
        ("loss", ["js, dice, contrastive, triplet, gaussian_kl"]),
        ("perceptron", ["its keys: rate, step size | epochs, how often through all samples"]),
        ("pool", ["--kind max|average", "An ARRAY may be -, the one that another command prints with --get."]),
        ("conv", ["nncalc conv grid.yaml --get Y | nncalc pool --image - --window 2"]),
    ],
)
def test_help_names_all_choices_and_keys(topic: str, said: list[str]) -> None:
    page = " ".join(run(topic, "--help").out.split())
    for words in said:
        assert words in page
