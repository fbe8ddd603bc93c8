"""The topics, in the order of a course. A topic is one file here, one line in this table, and a problem file.

The table is all that `nncalc --help` needs, so that it loads no NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

from nncalc.errors import Finding, InputError, did_you_mean, printable, some_of


class Topic(NamedTuple):
    """A subcommand: its name, the module with its kernel, a line of help, other words for it."""

    name: str
    module: str
    summary: str
    also: tuple[str, ...] = ()


TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic("activation", "activation", "activation functions and their derivatives"),
        Topic("softmax", "softmax", "scores to probabilities, with Jacobian, cross-entropy and gradient"),
        Topic("perceptron", "perceptron", "what a perceptron says of each sample, its learning rule, and XOR"),
        Topic(
            "backprop",
            "backprop.backprop",
            "the chain rule through an expression or a network, every gradient",
            also=("network",),
        ),
        Topic("formulas", "formulas", "your own formulas line by line, their gradients, through samples or rounds"),
        Topic("loss", "loss", "losses: every term, the sum or mean, and the gradient"),
        Topic("optimizer", "optimizer", "descent step by step: sgd, momentum, nesterov, adagrad, rmsprop, adam …"),
        Topic(
            "conv", "conv", "convolution, also transposed: stride, padding, channels, filters, and the backward pass"
        ),
        Topic("pool", "pool", "the largest or the average of each window, and the backward pass"),
        Topic("norm", "norm", "batch, layer, rms, instance and group normalization, and the backward pass"),
        Topic("residual", "residual", "a residual block, with or without a projection"),
        Topic("rnn", "rnn", "a plain recurrent network, back through time, the vanishing gradient"),
        Topic("lstm", "lstm", "LSTM cell by cell: one step or a sequence, forward and backward"),
        Topic("gru", "gru", "gated recurrent unit: one step or a sequence, forward and backward"),
        Topic("attention", "attention", "attention from q, k, v or from embeddings, with heads and masks"),
        Topic("posenc", "posenc", "positional encodings: sinusoidal, rotary, ALiBi"),
        Topic("decoding", "decoding", "greedy and beam search, top-k and top-p, perplexity, BLEU"),
        Topic("boxes", "boxes", "intersection over union of boxes, and non-maximum suppression"),
        Topic("hopfield", "hopfield", "a Hopfield network: its weights, its energy, what it recalls"),
        Topic(
            "params",
            "params.params",
            "output sizes, parameters and multiply-adds, layer by layer; updates of a training run",
        ),
    )
}


ALSO: dict[str, str] = {word: topic.name for topic in TOPICS.values() for word in topic.also}


def one_topic(word: str = "") -> str:
    """The topics, as an error tells them to who typed a word."""
    return f"one of {some_of(TOPICS, word, 'see nncalc --help')}"


def known(topic: str) -> Topic:
    """The topic of that name, or of another word for it; InputError says which there are."""
    topic = ALSO.get(topic, topic)
    if topic not in TOPICS:
        want, hint = one_topic(topic), did_you_mean(topic, TOPICS)
        raise InputError(Finding(f"there is no topic '{printable(topic)}'", want=want, hint=hint))
    return TOPICS[topic]


def sizes_of(topic: str) -> dict[str, Any]:
    """By a topic's forms, what makes a problem of `params` from the fields of one, where there are layers to count."""
    module = import_module(f"nncalc.topics.{TOPICS[topic].module}")
    found: dict[str, Any] = getattr(module, "SIZES", {})
    return found


def kernels(topic: str) -> tuple[Any, ...]:
    """The kernels of a topic, one a form."""
    module = import_module(f"nncalc.topics.{TOPICS[ALSO.get(topic, topic)].module}")
    forms: tuple[Any, ...] = getattr(module, "FORMS", ()) or (getattr(module, topic),)
    return forms
