"""What a type checker sees of `import nncalc`; made by tests/stub.py from the signatures; a test holds both equal."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, SupportsFloat, SupportsIndex, overload

from nncalc.errors import InputError as InputError
from nncalc.limits import Limits as Limits
from nncalc.limits import Permissions as Permissions
from nncalc.limits import Permissions as Rules  # noqa: F401  (its name until 0.1)
from nncalc.marking.check import check as check
from nncalc.marking.marks import Marks as Marks
from nncalc.problem.problem import Problem as Problem
from nncalc.problem.problem import load as load
from nncalc.problem.problem import loads as loads
from nncalc.render.face import Working as Working
from nncalc.render.face import solve as solve
from nncalc.trace.rounding import Settle
from nncalc.trace.rounding import exact as exact
from nncalc.trace.rounding import on_paper as on_paper
from nncalc.trace.steps import Trace as Trace

__version__: str

class _Array(Protocol):
    """An array of NumPy's, or of a library like it; a tensor."""

    def __array__(self) -> Any: ...

# What a problem may say of a field, and Python has: a text may be an expression, 1/3 or sqrt(2).
_Number = SupportsFloat | str
_Whole = SupportsIndex | str
_Numbers = _Number | _Array | Sequence[_Numbers] | Mapping[str, str]
_Lines = str | Sequence[Any] | Mapping[str, Any]
_Function = Literal[
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "celu",
    "gelu",
    "gelu_tanh",
    "softplus",
    "softsign",
    "silu",
    "mish",
    "hard_sigmoid",
    "hard_swish",
    "hard_tanh",
    "relu6",
    "thresholded_relu",
    "tanhshrink",
    "log_sigmoid",
    "abs",
    "exp",
    "step",
    "identity",
]
_Loss = Literal[
    "squared_error",
    "half_squared_error",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
    "binary_cross_entropy",
    "cross_entropy",
    "hinge",
    "kl",
]
_Kind = Literal[
    "squared_error",
    "half_squared_error",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
    "binary_cross_entropy",
    "cross_entropy",
    "hinge",
    "kl",
    "binary_cross_entropy_with_logits",
    "smooth_l1",
    "js",
    "dice",
]
_Kind2 = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw", "adamax", "nadam"]
_Activation = Literal[
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "celu",
    "gelu",
    "gelu_tanh",
    "softplus",
    "softsign",
    "silu",
    "mish",
    "hard_sigmoid",
    "hard_swish",
    "hard_tanh",
    "relu6",
    "thresholded_relu",
    "tanhshrink",
    "log_sigmoid",
    "abs",
    "exp",
    "step",
    "identity",
    "softmax",
]
_Show = Literal["output", "receptive_field", "weights", "neurons", "padding"]

def activation(
    *,
    function: _Function | Sequence[_Function],
    x: _Number | _Numbers,
    alpha: _Number | None = None,
    beta: _Number | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """y = g(x) and its derivative dy = g'(x), element by element.

    At a kink the derivative is the one from the left: relu'(0) = 0; |0|' = 0 (Goodfellow et al., Deep Learning, 6.3).

    function: one, or a list of several
    x (number,) or (row, number): where to work it
    alpha: leaky_relu's slope below 0 (0.01), elu's and celu's limit (1), hard_sigmoid's slope (1/6) … (function
        leaky_relu, elu, selu, celu, hard_sigmoid, hard_swish, hard_tanh or thresholded_relu)
    beta: silu's and softplus's factor (1), hard_sigmoid's value at 0 (1/2) … (function selu, softplus, silu,
        hard_sigmoid, hard_swish or hard_tanh)
    """

def softmax(
    *,
    x: _Numbers,
    temperature: _Number = 1,
    base: _Number = ...,
    stable: bool = False,
    jacobian: bool = False,
    target: _Whole | _Numbers | None = None,
    upstream: _Numbers | None = None,
    log: bool = False,
    log_base: _Number = ...,
    first_class: _Whole | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Scores to probabilities: exponentiate, divide by the sum.

    s_i = exp(x_i) / Σ_j exp(x_j) (Bridle 1990; Goodfellow et al., Deep Learning, 4.1). x: (class,) or
    (sample, class). J: (class, class), of each row one, J_ij = ∂s_i/∂x_j. L = −Σ target·ln s, of several rows the mean.

    x (class,) or (sample, class): the scores; of a matrix each row gets its own softmax
    temperature: x is divided by it
    base: what is raised to the power x [e]
    stable: subtract the largest score first
    jacobian: also every ∂s_i/∂x_j
    target (class,) or (sample,) or (sample, class): the right class (from 1), or its probabilities: gives the
        cross-entropy and its gradient
    upstream (class,) or (sample, class): ∂L/∂s, for the backward pass (without target)
    log: also the logarithm of s
    log_base: of the logarithm in log_s and L (with log or with target) [e]
    first_class: what the first class is called in the target (1) (with target)
    """

def perceptron(
    *,
    w: _Numbers,
    b: _Number = 0,
    X: _Numbers | None = None,
    gate: Literal["and", "or", "nand", "nor", "xor"] | None = None,
    target: _Numbers | None = None,
    labels: Literal["0/1", "-1/1"] = "0/1",
    hidden: Mapping[str, Any] | None = None,
    train: Mapping[str, Any] | None = None,
    fires: Literal["z > 0", "z >= 0", "sign"] | _Number = "z > 0",
    rule: Literal["error", "add", "delta"] = "error",
    learn_bias: bool = True,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """z = w·x + b for every sample; ŷ = 1 where it fires.

    X: (sample, input); w: (input,). Rosenblatt 1958; delta: Widrow and Hoff 1960; XOR: Goodfellow et al., Deep
    Learning, 6.1.

    w (weight,): one weight for each input (or hidden unit)
    b: the bias
    X (sample, input): a row for each sample (default: the truth table)
    gate: gives the targets (without target)
    target (sample,): the label that each sample should get
    labels: what it says where it does not fire, and where it does
    hidden: a layer {W, c, activation} before it
    train: {rate, epochs}: the learning rule, from the given w and b
    fires: when it says 1; a number is a threshold that z has to pass; sign says 0 at z = 0, a mistake for any
        label
    rule: error: rate·(t - ŷ)·x; add: rate·x added or taken at a mistake; delta: rate·(t - z)·x (Adaline, LMS)
        (with train)
    learn_bias: whether b is learned, too; else it stays as it is, and a b of 0 is none (with train)
    """

@overload
def backprop(
    *,
    expr: str,
    at: Mapping[str, _Number | _Numbers],
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Every node's value forward, every local derivative and gradient backward.

    The nodes are f1, f2, … in the order in which one works them, and f is the last, one number. Going back, each edge's
    gradient is upstream × local (Rumelhart et al. 1986; CS231n, "Backpropagation, Intuitions"); with vectors (n,) and
    matrices (n, m) among the variables the gradients are worked without the edges' own derivatives.

    expr: the expression, as 2*(x*y + max(z, w))
    at: the number, or the array, of each variable, as x=3, y=-4
    """

@overload
def backprop(
    *,
    nodes: Mapping[str, str],
    at: Mapping[str, _Number | _Numbers],
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The same for a graph whose nodes you name yourself: {q: x + y, f: q*z}.

    nodes: name: expression, in order; the last is the output
    at: the number, or the array, of each variable, as x=3, y=-4
    """

@overload
def backprop(
    *,
    x: _Numbers,
    layers: Sequence[Mapping[str, Any]],
    target: _Number | _Numbers | None = None,
    loss: _Loss = "half_squared_error",
    upstream: _Numbers | None = None,
    rate: _Number | None = None,
    steps: _Whole = 1,
    freeze_bias: bool = False,
    l2: _Number = 0,
    first_class: _Whole | None = None,
    reduction: Literal["mean", "sum"] = "mean",
    layout: Literal["columns", "rows"] | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Forward through the layers, every gradient of the backward pass, and the updated weights.

    z_l = W_l a_(l−1) + b_l, a_l = g(z_l); W_new = W − rate·∂L/∂W (Rumelhart et al. 1986; Goodfellow et al. 6.5).
    x: (input,) or (sample, input), then Z = A Wᵀ + b; W: (unit, input); b: (unit,). With the layout rows W is
    (input, unit), and Z = A W + b.

    x (input,) or (sample, input): the input, or one row for each sample
    layers: a list of {W, b, activation}, from the input on
    target (output,) or (sample,) or (sample, output): what the output should be; for cross-entropy and hinge also
        a class
    loss: how far off the output is (with target)
    upstream: ∂L/∂output in place of a loss (without target)
    rate: step of gradient descent: gives the new weights (with target or with upstream)
    steps: how many updates (with rate, with target)
    freeze_bias: leave the biases as they are in the update (with rate)
    l2: weight decay: adds l2/2 times the sum of squared weights to L (with target)
    first_class: what the first class is called in the target (1) (loss cross_entropy or hinge, with target)
    reduction: over the samples (x of several samples, with target)
    layout: columns: W x, W is unit x input; rows: x W, W is input x unit (default: rows where tokens are rows,
        but for recurrent layers, else columns)
    """

@overload
def backprop(
    *,
    layers: Sequence[str | Mapping[str, Any] | Mapping[str, Any]],
    x: _Numbers | None = None,
    target: _Number | _Numbers | None = None,
    loss: _Loss = "half_squared_error",
    upstream: _Numbers | None = None,
    rate: _Number | None = None,
    steps: _Whole = 1,
    freeze_bias: bool = False,
    l2: _Number = 0,
    first_class: _Whole | None = None,
    reduction: Literal["mean", "sum"] = "mean",
    layout: Literal["columns", "rows"] | None = None,
    tokens: str | Sequence[str] | None = None,
    vocabulary: str | Sequence[str] | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The same through layers of any kind, {conv: {filter, bias}}, relu, {max_pool: 2}, flatten, {dense: {W, b}}.

    What one layer gives is the next one's input, ∂L/∂input of one is ∂L/∂output of the one before (Rumelhart et al.
    1986; Goodfellow et al., Deep Learning, 6.5). Each layer has its topic's fields and steps: conv, max_pool, avg_pool,
    norm, attention, positions, rnn, lstm, gru, softmax; beside them dense, feed_forward, residual, flatten, embedding,
    dropout.

    x: the input: numbers, rows, an image, or tokens
    layers: a list of kinds with their numbers, from the input on
    target (output,) or (sample,) or (sample, output): what the output should be; for cross-entropy and hinge also
        a class
    loss: how far off the output is (with target)
    upstream: ∂L/∂output in place of a loss (without target)
    rate: step of gradient descent: gives the new weights (with target or with upstream)
    steps: how many updates (with rate, with target)
    freeze_bias: leave the biases as they are in the update (with rate)
    l2: weight decay: adds l2/2 times the sum of squared weights to L (with target)
    first_class: what the first class is called in the target (1) (loss cross_entropy or hinge, with target)
    reduction: over the rows of the output (with target)
    layout: columns: W x, W is unit x input; rows: x W, W is input x unit (default: rows where tokens are rows,
        but for recurrent layers, else columns)
    tokens: the inputs as words, or the letters of one; each is a 1 at its place in the vocabulary (without x)
    vocabulary: all words (letters) there are, in order (with tokens)
    """

def formulas(
    *,
    formulas: _Lines,
    given: Mapping[str, _Number | _Numbers | Sequence[str]] | None = None,
    each: Mapping[str, str | _Numbers] | None = None,
    epochs: _Whole = 1,
    repeat: _Whole | Mapping[str, _Whole] | None = None,
    after: _Lines | None = None,
    labels: Sequence[str] | None = None,
    answer: Sequence[str] | str | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Your own lines, each worked from those above it, with gradients by their name, through samples or rounds.

    Arrays as they are given: numbers, vectors (n,), matrices (n, m). * + − / ^ work element by element, · is the matrix
    product, ᵀ the transpose; W_new is W in the next section; dL/dW is worked by the chain rule (Rumelhart et al. 1986).

    formulas: lines `name = formula  # why`, worked from top to bottom; dL/dW is the gradient
    given: name: a number, an array or a list of words
    each: name: the array whose rows it is, one after the other; what is set as w_new is w in the next (without
        repeat)
    epochs: how often through all rows (with each)
    repeat: how many rounds, or {name: rounds}, where the name counts them from 1
    after: lines for the end, which see what was carried on, and of each line of the rounds all(L) (with each or
        with repeat)
    labels: a word for each row, for its heading (with each)
    answer: the names that are the answer (the last line)
    """

@overload
def loss(
    *,
    kind: _Kind,
    prediction: _Number | _Numbers,
    target: _Number | _Numbers,
    reduction: Literal["mean", "sum", "none", "weighted_mean"] = "mean",
    sample_weights: _Numbers | None = None,
    logits: bool = False,
    class_weights: _Numbers | None = None,
    ignore_class: _Whole | None = None,
    margin: _Number = 1,
    delta: _Number = 1,
    first_class: _Whole | None = None,
    log_base: _Number | None = None,
    label_smoothing: _Number = 0,
    pos_weight: _Number | _Numbers | None = None,
    smooth: _Number = 0,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The terms, what they come to (L), and ∂L/∂p.

    mean divides the losses called mean_…, huber, binary cross-entropy and hinge by all outputs, the others by the
    samples (of weighted classes: by their weights). Hinge of a class adds max(0, p_c − p_class + margin) over the other
    classes. js is the mean of KL to the middle from both; smooth_l1 is huber divided by its delta; dice is
    1 − 2·Σpt/(Σp + Σt) (Milletari et al. 2016). With label smoothing a share is spread over the K classes (Szegedy et
    al. 2016). prediction: (output,) or (sample, output), with logits scores (Goodfellow et al., Deep Learning, 5.5,
    6.2; CS231n for hinge).

    kind: which loss
    prediction (output,) or (sample, output): what was predicted, a row for each sample
    target (output,) or (sample,) or (sample, output): what should have been; for cross-entropy and hinge also a
        class, one for each sample
    reduction: of the terms; weighted_mean: divided by the sum of the sample_weights (kind other than dice)
    sample_weights (sample,): a weight for each sample (kind other than dice)
    logits: the prediction is scores: softmax first (kind cross_entropy)
    class_weights (class,): a weight for each class (kind cross_entropy or hinge)
    ignore_class: samples of this class do not count (kind cross_entropy or hinge)
    margin: how far apart is far enough (kind hinge)
    delta: where it becomes straight (kind huber or smooth_l1)
    first_class: what the first class is called in the target (1) (kind cross_entropy or hinge)
    log_base: of the logarithms (e); 2: in bits (kind cross_entropy, binary_cross_entropy, kl or js)
    label_smoothing: share of the target that is spread evenly over the classes (kind cross_entropy,
        binary_cross_entropy or binary_cross_entropy_with_logits)
    pos_weight (output,): factor of the terms of target 1 (kind binary_cross_entropy or
        binary_cross_entropy_with_logits)
    smooth: added above and below the line (kind dice)
    """

@overload
def loss(
    *,
    kind: Literal["contrastive"],
    similar: bool | _Numbers,
    a: _Numbers | None = None,
    b: _Numbers | None = None,
    distance: _Number | _Numbers | None = None,
    margin: _Number = 1,
    half: bool = True,
    reduction: Literal["mean", "sum"] = "mean",
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """½D² of a pair that belongs together, ½max(0, margin − D)² of one that does not, D = |a − b|.

    a, b: (feature,) or (pair, feature) (Hadsell et al. 2006).

    kind: of a pair
    similar (pair,): whether the two belong together, of several pairs 1 or 0 for each
    a (feature,) or (pair, feature): one of the two, of several pairs a row each (with b)
    b (feature,) or (pair, feature): the other (with a)
    distance (pair,): their distance D, in place of both (without a)
    margin: how far apart is far enough (similar that says no)
    half: halved
    reduction: over the pairs (similar of several)
    """

@overload
def loss(
    *,
    kind: Literal["triplet"],
    anchor: _Numbers,
    positive: _Numbers,
    negative: _Numbers,
    margin: _Number = 1,
    squared: bool = True,
    reduction: Literal["mean", "sum"] = "mean",
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """max(0, d(a, p) − d(a, n) + margin), d being |·|², or |·| (Schroff et al. 2015).

    kind: of an anchor with two others
    anchor (feature,) or (triple, feature): what the others are compared with, of several a row each
    positive (feature,) or (triple, feature): belongs to it
    negative (feature,) or (triple, feature): does not
    margin: how much farther the negative has to be
    squared: distances are squared
    reduction: over the rows (anchor of several rows)
    """

@overload
def loss(
    *,
    kind: Literal["gaussian_kl"],
    mean: _Number | _Numbers,
    std: _Number | _Numbers | None = None,
    variance: _Number | _Numbers | None = None,
    log_variance: _Number | _Numbers | None = None,
    prior_mean: _Number | _Numbers = 0,
    prior_std: _Number | _Numbers = 1,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """½Σ(σ² + μ² − 1 − ln σ²): KL of N(μ, σ²) to N(0, 1), as a variational autoencoder has it.

    Kingma and Welling 2014. mean, std: (unit,). With a prior of its own: ½Σ((σ² + (μ − μ_0)²)/σ_0² − 1 − ln(σ²/σ_0²)).

    kind: between normal distributions
    mean (unit,): μ of each unit
    std (unit,): σ
    variance (unit,): σ², in place of σ (without std)
    log_variance (unit,): ln σ², in place of both (without std, without variance)
    prior_mean (unit,): μ of what it is compared with
    prior_std (unit,): σ of what it is compared with
    """

@overload
def loss(
    *,
    kind: Literal["focal"],
    prediction: _Number | _Numbers,
    target: _Number | _Numbers,
    gamma: _Number = 2,
    alpha: _Number | _Numbers | None = None,
    logits: bool = False,
    reduction: Literal["mean", "sum", "none"] = "mean",
    first_class: _Whole | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """−α_t·(1 − p_t)^γ·ln p_t, p_t being the probability of what is right: p or 1 − p, or that of the class.

    prediction: (output,) or (sample, output); with gamma 0 it is cross-entropy (Lin et al. 2017).

    kind: less of what is right already
    prediction (output,) or (sample, output): probabilities (with logits: scores), a row for each sample
    target (output,) or (sample,) or (sample, output): 1 or 0 for each output; or a class, one for each sample
    gamma: power of 1 - p_t
    alpha (output,): factor of target 1, 1 - alpha of target 0; of classes one number, or one for each
    logits: the prediction is scores: sigmoid first, softmax where classes are meant
    reduction: of the terms
    first_class: what the first class is called in the target (1)
    """

@overload
def optimizer(
    *,
    w: _Number | _Numbers,
    gradients: _Numbers,
    rate: _Number,
    kind: _Kind2 = "sgd",
    momentum: _Number | None = None,
    average: bool = False,
    rate_inside: bool = False,
    beta1: _Number = ...,
    beta2: _Number = ...,
    amsgrad: bool = False,
    decay: _Number = ...,
    centered: bool = False,
    eps: _Number | None = None,
    eps_inside: bool = False,
    eps_hat: bool = False,
    momentum_decay: _Number | None = None,
    same_t: bool = False,
    clip: _Number | None = None,
    clip_norm: _Number | None = None,
    weight_decay: _Number = 0,
    m_0: _Number | _Numbers | None = None,
    v_0: _Number | _Numbers | None = None,
    u_0: _Number | _Numbers | None = None,
    t_0: _Whole = 0,
    schedule: Mapping[str, Any] | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Updates of weights from gradients that are given, each with all that it remembers.

    sgd: w − rate·g; momentum: v = μ·v + g, w − rate·v (Polyak 1964); nesterov: w − rate·(g + μ·v) (Sutskever et al.
    2013); adagrad: v + g² (Duchi et al. 2011); rmsprop: ρ·v + (1 − ρ)·g² (Hinton 2012), with a momentum
    buf = μ·buf + g/(√v + ε), w − rate·buf (Graves 2013); adadelta (Zeiler 2012, whose rate is 1); adam, adamax (Kingma
    and Ba 2015), nadam (Dozat 2016), amsgrad (Reddi et al. 2018), adamw (Loshchilov and Hutter 2019). w: one number or
    (weight,); gradients: (step,) or (step, weight).

    w (weight,): the weights
    gradients (step,) or (step, weight): one for each update
    rate: step size
    kind: which one
    momentum: how much of the velocity is kept (0.9; rmsprop has none unless it is given) (kind momentum, nesterov
        or rmsprop)
    average: v = μ·v + (1 - μ)·g in place of μ·v + g (kind momentum or nesterov)
    rate_inside: v = μ·v + rate·g, and w - v (kind momentum or nesterov)
    beta1: how much of the mean gradient is kept (kind adam, adamw, adamax or nadam) [0.9]
    beta2: how much of the mean square is kept (adamax: of the largest) (kind adam, adamw, adamax or nadam)
        [0.999]
    amsgrad: the largest v so far in place of v (kind adam or adamw)
    decay: how much of the mean square is kept (kind rmsprop or adadelta) [0.9]
    centered: by the variance: v less the square of the mean gradient m (kind rmsprop)
    eps: keeps the divisor from 0 (1e-8; adadelta 1e-6) (kind adagrad, rmsprop, adam, adamw or nadam or kind
        adadelta or adamax)
    eps_inside: √(v + eps) in place of √v + eps; adamax: |g| + eps in place of u + eps (kind adagrad, rmsprop,
        adam, adamw or nadam or kind adamax)
    eps_hat: eps beside the √v that is not corrected, both corrections in the rate, as Keras and TensorFlow (kind
        adam or adamw)
    momentum_decay: β1·(1 - ½·0.96^(momentum_decay·t)) in place of β1 ahead (PyTorch 0.004, Keras 1) (kind nadam)
    same_t: m is corrected by 1 - β1^t, as g is, in place of 1 - β1^(t + 1) (kind nadam, without momentum_decay)
    clip: each number of the gradient is kept between -clip and clip
    clip_norm: a longer gradient is scaled to this length (without clip)
    weight_decay: added to the gradient as weight_decay·w (adamw: beside the step)
    m_0 (weight,): m before the first update (kind adam, adamw, adamax or nadam or kind rmsprop, with centered)
    v_0 (weight,): v before the first update (kind adagrad, rmsprop, adam, adamw or nadam or kind momentum,
        nesterov or adadelta)
    u_0 (weight,): u before the first update (kind adadelta or adamax)
    t_0: updates that were made before (kind adam, adamw, adamax or nadam or with schedule)
    schedule: {kind: step, piecewise, exponential, cosine, …}: the rate of each update
    """

@overload
def optimizer(
    *,
    expr: str,
    w: Mapping[str, _Number] | _Number | _Numbers,
    rate: _Number,
    steps: _Whole = 1,
    kind: _Kind2 = "sgd",
    momentum: _Number | None = None,
    average: bool = False,
    rate_inside: bool = False,
    beta1: _Number = ...,
    beta2: _Number = ...,
    amsgrad: bool = False,
    decay: _Number = ...,
    centered: bool = False,
    eps: _Number | None = None,
    eps_inside: bool = False,
    eps_hat: bool = False,
    momentum_decay: _Number | None = None,
    same_t: bool = False,
    clip: _Number | None = None,
    clip_norm: _Number | None = None,
    weight_decay: _Number = 0,
    m_0: _Number | _Numbers | None = None,
    v_0: _Number | _Numbers | None = None,
    u_0: _Number | _Numbers | None = None,
    t_0: _Whole = 0,
    schedule: Mapping[str, Any] | None = None,
    nesterov: Literal["framework", "lookahead"] = "framework",
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The same down an expression, whose gradient is worked at every update.

    w: {name: number}, or a number or a list in the order in which the expression names its variables. With a look
    ahead (Nesterov 1983, as Sutskever et al. 2013 write it) the gradient is that at the point where v alone leads.

    expr: what is descended, as x^2 + 3*y^2
    w (weight,): where to begin: a number for each variable
    rate: step size
    steps: how many updates
    kind: which one
    momentum: how much of the velocity is kept (0.9; rmsprop has none unless it is given) (kind momentum, nesterov
        or rmsprop)
    average: v = μ·v + (1 - μ)·g in place of μ·v + g (kind momentum or nesterov)
    rate_inside: v = μ·v + rate·g, and w - v (kind momentum or nesterov)
    beta1: how much of the mean gradient is kept (kind adam, adamw, adamax or nadam) [0.9]
    beta2: how much of the mean square is kept (adamax: of the largest) (kind adam, adamw, adamax or nadam)
        [0.999]
    amsgrad: the largest v so far in place of v (kind adam or adamw)
    decay: how much of the mean square is kept (kind rmsprop or adadelta) [0.9]
    centered: by the variance: v less the square of the mean gradient m (kind rmsprop)
    eps: keeps the divisor from 0 (1e-8; adadelta 1e-6) (kind adagrad, rmsprop, adam, adamw or nadam or kind
        adadelta or adamax)
    eps_inside: √(v + eps) in place of √v + eps; adamax: |g| + eps in place of u + eps (kind adagrad, rmsprop,
        adam, adamw or nadam or kind adamax)
    eps_hat: eps beside the √v that is not corrected, both corrections in the rate, as Keras and TensorFlow (kind
        adam or adamw)
    momentum_decay: β1·(1 - ½·0.96^(momentum_decay·t)) in place of β1 ahead (PyTorch 0.004, Keras 1) (kind nadam)
    same_t: m is corrected by 1 - β1^t, as g is, in place of 1 - β1^(t + 1) (kind nadam, without momentum_decay)
    clip: each number of the gradient is kept between -clip and clip
    clip_norm: a longer gradient is scaled to this length (without clip)
    weight_decay: added to the gradient as weight_decay·w (adamw: beside the step)
    m_0 (weight,): m before the first update (kind adam, adamw, adamax or nadam or kind rmsprop, with centered)
    v_0 (weight,): v before the first update (kind adagrad, rmsprop, adam, adamw or nadam or kind momentum,
        nesterov or adadelta)
    u_0 (weight,): u before the first update (kind adadelta or adamax)
    t_0: updates that were made before (kind adam, adamw, adamax or nadam or with schedule)
    schedule: {kind: step, piecewise, exponential, cosine, …}: the rate of each update
    nesterov: framework: g here, w - rate·(g + μ·v); lookahead: g at w - rate·μ·v, w - rate·v (kind nesterov)
    """

@overload
def optimizer(
    *,
    rate: _Number,
    schedule: Mapping[str, Any],
    steps: _Whole,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The rate of each update (or epoch) alone.

    step: rate·factor^⌊k/every⌋; piecewise: times factor, or one of rates, from each k of `at`; exponential:
    rate·factor^(k/every); inverse_time: rate/(1 + decay·k); cosine: from rate to end along half a wave; linear;
    polynomial: end + (rate − end)·(1 − k/over)^power; warmup: up to rate. k counts what was before, so that the first
    is 0.

    rate: step size
    schedule: {kind: …}: how the rate changes
    steps: how many updates
    """

@overload
def optimizer(
    *,
    kind: Literal["average"],
    values: _Numbers,
    beta: _Number = ...,
    corrected: bool = False,
    v_0: _Number | _Numbers | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """v = β·v + (1 − β)·x for each value, from 0; corrected: v/(1 − β^t) beside it (Kingma and Ba 2015).

    values: (step,) or (step, weight).

    kind: a bare exponential average
    values (step,) or (step, weight): what is averaged, one after the other
    beta: how much of the average is kept [0.9]
    corrected: also v_hat = v/(1 - beta^t)
    v_0 (weight,): v before the first (without corrected)
    """

def conv(
    *,
    image: _Numbers,
    filter: _Numbers,
    bias: _Numbers | None = None,
    stride: _Whole | Sequence[_Whole] = 1,
    pad: _Whole | Sequence[_Whole] | Literal["same", "valid"] = 0,
    dilation: _Whole | Sequence[_Whole] = 1,
    groups: _Whole = 1,
    flip: bool = False,
    transposed: bool = False,
    output_pad: _Whole | Sequence[_Whole] = 0,
    activation: _Activation = "identity",
    upstream: _Numbers | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Slide the filter over the image; each output is the sum of products of filter and window.

    Y[f,i,j] = Σ_c,a,b X_pad[c, i·s + a·d, j·s + b·d] · K[f,c,a,b] (Goodfellow et al., Deep Learning, 9.1; Dumoulin and
    Visin 2016 for the sizes). image: (height, width) or (channel, height, width); filter: (rows, columns) with further
    axes in front for channels and for several filters. A filter without an axis for several gives a Y without one.
    Two plain lists, (width,) and (columns,), are convolved in one dimension.
    Transposed, each cell of the image spreads the filter over the output: X[c,i,j]·K[c,f,a,b] is added to
    Y[f, i·s + a·d − p, j·s + b·d − p].

    image (height, width) or (channel, height, width) or (width,): the image; a plain list is one of one dimension
    filter (rows, columns) or (filter, rows, columns) or (filter, depth, rows, columns) or (columns,): the filter,
        or several
    bias (out_channel,): a number for each filter
    stride: step of the window; a number or [height, width]
    pad: zeros around the image: a number, [height, width], [top, left, bottom, right], same or valid; for a plain
        list [before, after]
    dilation: distance between a window's cells
    groups: channels and filters are divided into so many groups
    flip: turn the filter around first (convolution as mathematics means it)
    transposed: the transposed convolution, whose filter is in x out/groups x height x width
    output_pad: rows and columns added at the end (with transposed)
    activation: applied to Y
    upstream (out_height, out_width) or (filters, out_height, out_width) or (out_width,): ∂L/∂Y (∂L/∂A with an
        activation), for the backward pass
    """

def pool(
    *,
    image: _Numbers,
    window: _Whole | Sequence[_Whole] | None = None,
    kind: Literal["max", "average"] = "max",
    stride: _Whole | Sequence[_Whole] | None = None,
    pad: _Whole | Sequence[_Whole] | Literal["same", "valid"] = 0,
    dilation: _Whole | Sequence[_Whole] = 1,
    count_pad: bool = False,
    ceil: bool = False,
    global_: bool = False,
    upstream: _Numbers | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Y[i,j] = the largest (or the average) of the window at (i·s, j·s) (Goodfellow et al., Deep Learning, 9.3).

    image: (height, width) or (channel, height, width), pooled channel by channel, or a plain list (width,).
    Going back, a maximum's gradient goes to the cell that was the largest (at a tie to the first in row-major order),
    an average's to all cells alike.

    image (height, width) or (channel, height, width) or (width,): the image; a plain list is one of one dimension
    window: its size; a number or [height, width]
    kind: which one
    stride: step of the window (default: its size) (without global)
    pad: padding around the image: a number, [height, width], [top, left, bottom, right], same or valid; for a
        plain list [before, after]; a maximum leaves it out, an average has zeros there (without global)
    dilation: distance between a window's cells (without global)
    count_pad: zeros of the padding count in an average (kind average, with pad)
    ceil: a window may reach over the end: sizes are rounded up (without global)
    global_: one window over the whole image
    upstream (out_height, out_width) or (channel, out_height, out_width) or (out_width,): ∂L/∂Y, for the backward
        pass
    """

def norm(
    *,
    x: _Numbers,
    kind: Literal["batch", "layer", "rms", "instance", "group"] = "batch",
    gamma: _Numbers | None = None,
    beta: _Numbers | None = None,
    eps: _Number = ...,
    groups: _Whole = 1,
    axes: _Whole = 1,
    momentum: _Number | None = None,
    running_mean: _Numbers | None = None,
    running_var: _Numbers | None = None,
    unbiased: bool = True,
    upstream: _Numbers | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """x_hat = (x − mean) / √(var + eps), y = γ∘x_hat + β; the variance divides by the number of values.

    batch: over the samples (and places) of each feature (Ioffe and Szegedy 2015); layer: over the last axes (Ba et al.
    2016); rms: x / √(mean(x²) + eps) (Zhang and Sennrich 2019); instance: over each channel's places (Ulyanov et al.
    2016); group: over each group of channels (Wu and He 2018). x: (sample, feature), (channel, height, width) or
    (sample, channel, height, width); gamma and beta: (feature,) or (channel,). A vector x is (feature,), of one sample;
    for batch it is (sample,), of one feature, and gamma and beta hold one number.

    x (feature,) or (sample, feature) or (channel, height, width) or (sample, channel, height, width): a row for
        each sample, or images; a vector is one sample, for batch one feature
    kind: what is normalized together
    gamma: the learned scale, one for each feature or channel
    beta: the learned shift, one for each feature or channel
    eps: added to the variance [1e-05]
    groups: channels are divided into so many groups (kind group)
    axes: it goes over so many of the last axes (kind layer or rms)
    momentum: share of the batch in the new running statistics (then the batch's own are used) (kind batch)
    running_mean: used instead of the batch's mean (kind batch, with running_var)
    running_var: used instead of the batch's variance (kind batch, with running_mean)
    unbiased: the running variance takes n/(n - 1) times the batch's, as PyTorch; no: the batch's own, as Keras
        (with momentum)
    upstream: ∂L/∂y, for the backward pass
    """

def residual(
    *,
    x: _Numbers,
    layers: Sequence[Mapping[str, Any]],
    projection: _Numbers | None = None,
    activation: _Activation = "relu",
    upstream: _Numbers | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """a[l+2] = g(z[l+2] + a[l]); where the sizes differ a projection W_s a[l] is added.

    x: (input,); W: (unit, input); projection: (output, input) (He et al. 2016, eq. 1 and 2).

    x (input,): what enters the block, a[l]
    layers: the layers that are gone around
    projection (output, input): W_s where the sizes differ
    activation: after the sum
    upstream (output,): ∂L/∂a, for the backward pass
    """

def rnn(
    *,
    W_xh: _Numbers,
    W_hh: _Numbers,
    x: _Numbers | None = None,
    b_h: _Numbers | None = None,
    h_0: _Numbers = 0,
    W_hy: _Numbers | None = None,
    b_y: _Numbers | None = None,
    output_activation: _Activation = "identity",
    target: _Number | _Numbers | None = None,
    loss: _Loss = "half_squared_error",
    loss_on: Literal["all", "last"] = "all",
    upstream: Mapping[str, Any] | _Numbers | None = None,
    rate: _Number | None = None,
    tokens: str | Sequence[str] | None = None,
    vocabulary: str | Sequence[str] | None = None,
    gradient_flow: bool = False,
    activation: _Function = "tanh",
    layout: Literal["columns", "rows"] | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """h_t = g(W_xh x_t + W_hh h_(t−1) + b_h), y_t = W_hy h_t + b_y, and backpropagation through time.

    x: (time, input) or (input,); W_xh: (hidden, input); W_hh: (hidden, hidden); W_hy: (output, hidden) (Elman 1990;
    Goodfellow et al., Deep Learning, 10.2). The factors ∂h_t/∂h_(t−1) = diag(g'(z_t)) W_hh and their product say how
    much of the gradient is left (Pascanu et al. 2013); the norm is Frobenius'.

    x (time, input) or (input,): the inputs, a row a time step; or one vector
    W_xh (hidden, input): from the input to the state
    W_hh (hidden, hidden): from the state before to the state
    b_h (hidden,): bias of the state
    h_0 (hidden,): the state before the first step
    W_hy (output, hidden): from the state to the output
    b_y (output,): bias of the output (with W_hy)
    output_activation: of the output (with W_hy)
    target (output,) or (time,) or (time, output): gives the loss and the backward pass
    loss: of the output, without W_hy of h (with target)
    loss_on: which steps have a loss (x of several steps, with target)
    upstream (time, hidden) or (hidden,): ∂L/∂h of every step or of the last; of an LSTM also {h, c} (without
        target)
    rate: step of gradient descent: gives the new weights (with target or with upstream)
    tokens: the inputs as words, or the letters of one; each is a 1 at its place in the vocabulary (without x)
    vocabulary: all words (letters) there are, in order (with tokens)
    gradient_flow: ∂h_t/∂h_(t−1) of every step, their product and their norms
    activation: of the state; step: threshold units
    layout: columns: W·x, W_hh·h, weights hidden x input, as without it; rows: x·W, h·W_hh, weights input x
        hidden, as in Keras (stacked gates side by side)
    """

@overload
def lstm(
    *,
    W_xi: _Numbers,
    W_hi: _Numbers,
    W_xf: _Numbers,
    W_hf: _Numbers,
    W_xo: _Numbers,
    W_ho: _Numbers,
    W_xg: _Numbers,
    W_hg: _Numbers,
    x: _Numbers | None = None,
    b_i: _Numbers | None = None,
    b_f: _Numbers | None = None,
    b_o: _Numbers | None = None,
    b_g: _Numbers | None = None,
    p_i: _Numbers | None = None,
    p_f: _Numbers | None = None,
    p_o: _Numbers | None = None,
    layout: Literal["columns", "rows"] | None = None,
    h_0: _Numbers = 0,
    c_0: _Numbers = 0,
    W_hy: _Numbers | None = None,
    b_y: _Numbers | None = None,
    output_activation: _Activation = "identity",
    target: _Number | _Numbers | None = None,
    loss: _Loss = "half_squared_error",
    loss_on: Literal["all", "last"] = "all",
    upstream: Mapping[str, Any] | _Numbers | None = None,
    rate: _Number | None = None,
    tokens: str | Sequence[str] | None = None,
    vocabulary: str | Sequence[str] | None = None,
    jacobian: bool = False,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Four gates, the cell state, the hidden state, at every step; gradients through time.

    i, f, o = σ(W_x x + W_h h + b), g = tanh(…), c = f∘c_prev + i∘g, h = o∘tanh(c) (Hochreiter and Schmidhuber 1997
    with the forget gate of Gers et al. 2000; peepholes p, seen from c, Gers and Schmidhuber 2000).
    x: (time, input) or (input,); W_x: (hidden, input); W_h: (hidden, hidden).

    x (time, input) or (input,): the inputs, a row a time step; or one vector
    W_xi (hidden, input)
    W_hi (hidden, hidden)
    W_xf (hidden, input)
    W_hf (hidden, hidden)
    W_xo (hidden, input)
    W_ho (hidden, hidden)
    W_xg (hidden, input)
    W_hg (hidden, hidden)
    b_i (hidden,)
    b_f (hidden,)
    b_o (hidden,)
    b_g (hidden,)
    p_i (hidden,)
    p_f (hidden,)
    p_o (hidden,)
    layout: columns: W·x, W_hh·h, weights hidden x input, as without it; rows: x·W, h·W_hh, weights input x
        hidden, as in Keras (stacked gates side by side)
    h_0 (hidden,): the state before the first step
    c_0 (hidden,): the cell state before the first step
    W_hy (output, hidden): from the state to the output
    b_y (output,): bias of the output (with W_hy)
    output_activation: of the output (with W_hy)
    target (output,) or (time,) or (time, output): gives the loss and the backward pass
    loss: of the output, without W_hy of h (with target)
    loss_on: which steps have a loss (x of several steps, with target)
    upstream (time, hidden) or (hidden,): ∂L/∂h of every step or of the last; of an LSTM also {h, c} (without
        target)
    rate: step of gradient descent: gives the new weights (with target or with upstream)
    tokens: the inputs as words, or the letters of one; each is a 1 at its place in the vocabulary (without x)
    vocabulary: all words (letters) there are, in order (with tokens)
    jacobian: also ∂c/∂h and ∂h/∂h of each step, gate by gate
    """

@overload
def lstm(
    *,
    W_i: _Numbers,
    W_f: _Numbers,
    W_o: _Numbers,
    W_g: _Numbers,
    x: _Numbers | None = None,
    b_i: _Numbers | None = None,
    b_f: _Numbers | None = None,
    b_o: _Numbers | None = None,
    b_g: _Numbers | None = None,
    concat: Literal["hx", "xh"] = "hx",
    layout: Literal["columns", "rows"] | None = None,
    h_0: _Numbers = 0,
    c_0: _Numbers = 0,
    W_hy: _Numbers | None = None,
    b_y: _Numbers | None = None,
    output_activation: _Activation = "identity",
    target: _Number | _Numbers | None = None,
    loss: _Loss = "half_squared_error",
    loss_on: Literal["all", "last"] = "all",
    upstream: Mapping[str, Any] | _Numbers | None = None,
    rate: _Number | None = None,
    tokens: str | Sequence[str] | None = None,
    vocabulary: str | Sequence[str] | None = None,
    jacobian: bool = False,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The same with one matrix a gate, W: (hidden, hidden + input), for the concatenated vector v = [h, x].

    x (time, input) or (input,): the inputs, a row a time step; or one vector
    W_i (hidden, hidden+input)
    W_f (hidden, hidden+input)
    W_o (hidden, hidden+input)
    W_g (hidden, hidden+input)
    b_i (hidden,)
    b_f (hidden,)
    b_o (hidden,)
    b_g (hidden,)
    concat: [h, x] or [x, h]
    layout: columns: W·x, W_hh·h, weights hidden x input, as without it; rows: x·W, h·W_hh, weights input x
        hidden, as in Keras (stacked gates side by side)
    h_0 (hidden,): the state before the first step
    c_0 (hidden,): the cell state before the first step
    W_hy (output, hidden): from the state to the output
    b_y (output,): bias of the output (with W_hy)
    output_activation: of the output (with W_hy)
    target (output,) or (time,) or (time, output): gives the loss and the backward pass
    loss: of the output, without W_hy of h (with target)
    loss_on: which steps have a loss (x of several steps, with target)
    upstream (time, hidden) or (hidden,): ∂L/∂h of every step or of the last; of an LSTM also {h, c} (without
        target)
    rate: step of gradient descent: gives the new weights (with target or with upstream)
    tokens: the inputs as words, or the letters of one; each is a 1 at its place in the vocabulary (without x)
    vocabulary: all words (letters) there are, in order (with tokens)
    jacobian: also ∂c/∂h and ∂h/∂h of each step, gate by gate
    """

@overload
def lstm(
    *,
    W_ih: _Numbers,
    W_hh: _Numbers,
    x: _Numbers | None = None,
    b_ih: _Numbers | None = None,
    b_hh: _Numbers | None = None,
    gate_order: str | Sequence[str] = "i f g o",
    layout: Literal["columns", "rows"] | None = None,
    h_0: _Numbers = 0,
    c_0: _Numbers = 0,
    W_hy: _Numbers | None = None,
    b_y: _Numbers | None = None,
    output_activation: _Activation = "identity",
    target: _Number | _Numbers | None = None,
    loss: _Loss = "half_squared_error",
    loss_on: Literal["all", "last"] = "all",
    upstream: Mapping[str, Any] | _Numbers | None = None,
    rate: _Number | None = None,
    tokens: str | Sequence[str] | None = None,
    vocabulary: str | Sequence[str] | None = None,
    jacobian: bool = False,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The same with the gates stacked, as PyTorch keeps them: W_ih (4·hidden, input), W_hh (4·hidden, hidden).

    x (time, input) or (input,): the inputs, a row a time step; or one vector
    W_ih (4*hidden, input): all gates below each other
    W_hh (4*hidden, hidden): all gates below each other
    b_ih (4*hidden,): bias beside W_ih
    b_hh (4*hidden,): bias beside W_hh
    gate_order: from top to bottom
    layout: columns: W·x, W_hh·h, weights hidden x input, as without it; rows: x·W, h·W_hh, weights input x
        hidden, as in Keras (stacked gates side by side)
    h_0 (hidden,): the state before the first step
    c_0 (hidden,): the cell state before the first step
    W_hy (output, hidden): from the state to the output
    b_y (output,): bias of the output (with W_hy)
    output_activation: of the output (with W_hy)
    target (output,) or (time,) or (time, output): gives the loss and the backward pass
    loss: of the output, without W_hy of h (with target)
    loss_on: which steps have a loss (x of several steps, with target)
    upstream (time, hidden) or (hidden,): ∂L/∂h of every step or of the last; of an LSTM also {h, c} (without
        target)
    rate: step of gradient descent: gives the new weights (with target or with upstream)
    tokens: the inputs as words, or the letters of one; each is a 1 at its place in the vocabulary (without x)
    vocabulary: all words (letters) there are, in order (with tokens)
    jacobian: also ∂c/∂h and ∂h/∂h of each step, gate by gate
    """

@overload
def gru(
    *,
    W_xz: _Numbers,
    W_hz: _Numbers,
    W_xr: _Numbers,
    W_hr: _Numbers,
    W_xn: _Numbers,
    W_hn: _Numbers,
    x: _Numbers | None = None,
    b_z: _Numbers | None = None,
    b_r: _Numbers | None = None,
    b_n: _Numbers | None = None,
    b_hn: _Numbers | None = None,
    reset: Literal["before", "after"] = "before",
    layout: Literal["columns", "rows"] | None = None,
    swap: bool = False,
    h_0: _Numbers = 0,
    W_hy: _Numbers | None = None,
    b_y: _Numbers | None = None,
    output_activation: _Activation = "identity",
    target: _Number | _Numbers | None = None,
    loss: _Loss = "half_squared_error",
    loss_on: Literal["all", "last"] = "all",
    upstream: Mapping[str, Any] | _Numbers | None = None,
    rate: _Number | None = None,
    tokens: str | Sequence[str] | None = None,
    vocabulary: str | Sequence[str] | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Update gate z, reset gate r, candidate n, and the state between the old one and n, at every step.

    z, r = σ(W_x x + W_h h + b), n = tanh(W_xn x + W_hn (r∘h) + b_n), h = (1 − z)∘n + z∘h_prev (Cho et al. 2014; their
    paper's text exchanges z and 1 − z: `swap`). With reset after the product (cuDNN, PyTorch):
    n = tanh(W_xn x + b_n + r∘(W_hn h + b_hn)). x: (time, input) or (input,); W_x: (hidden, input).

    x (time, input) or (input,): the inputs, a row a time step; or one vector
    W_xz (hidden, input)
    W_hz (hidden, hidden)
    W_xr (hidden, input)
    W_hr (hidden, hidden)
    W_xn (hidden, input)
    W_hn (hidden, hidden)
    b_z (hidden,)
    b_r (hidden,)
    b_n (hidden,)
    b_hn (hidden,): bias inside the reset (reset after)
    reset: the recurrent product
    layout: columns: W·x, W_hh·h, weights hidden x input, as without it; rows: x·W, h·W_hh, weights input x
        hidden, as in Keras (stacked gates side by side)
    swap: exchange z and 1 - z
    h_0 (hidden,): the state before the first step
    W_hy (output, hidden): from the state to the output
    b_y (output,): bias of the output (with W_hy)
    output_activation: of the output (with W_hy)
    target (output,) or (time,) or (time, output): gives the loss and the backward pass
    loss: of the output, without W_hy of h (with target)
    loss_on: which steps have a loss (x of several steps, with target)
    upstream (time, hidden) or (hidden,): ∂L/∂h of every step or of the last; of an LSTM also {h, c} (without
        target)
    rate: step of gradient descent: gives the new weights (with target or with upstream)
    tokens: the inputs as words, or the letters of one; each is a 1 at its place in the vocabulary (without x)
    vocabulary: all words (letters) there are, in order (with tokens)
    """

@overload
def gru(
    *,
    W_z: _Numbers,
    W_r: _Numbers,
    W_n: _Numbers,
    x: _Numbers | None = None,
    b_z: _Numbers | None = None,
    b_r: _Numbers | None = None,
    b_n: _Numbers | None = None,
    concat: Literal["hx", "xh"] = "hx",
    reset: Literal["before", "after"] = "before",
    layout: Literal["columns", "rows"] | None = None,
    swap: bool = False,
    h_0: _Numbers = 0,
    W_hy: _Numbers | None = None,
    b_y: _Numbers | None = None,
    output_activation: _Activation = "identity",
    target: _Number | _Numbers | None = None,
    loss: _Loss = "half_squared_error",
    loss_on: Literal["all", "last"] = "all",
    upstream: Mapping[str, Any] | _Numbers | None = None,
    rate: _Number | None = None,
    tokens: str | Sequence[str] | None = None,
    vocabulary: str | Sequence[str] | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The same with one matrix a gate, W: (hidden, hidden + input), for v = [h, x]; the candidate's is [r∘h, x].

    x (time, input) or (input,): the inputs, a row a time step; or one vector
    W_z (hidden, hidden+input)
    W_r (hidden, hidden+input)
    W_n (hidden, hidden+input)
    b_z (hidden,)
    b_r (hidden,)
    b_n (hidden,)
    concat: [h, x] or [x, h]
    reset: the recurrent product
    layout: columns: W·x, W_hh·h, weights hidden x input, as without it; rows: x·W, h·W_hh, weights input x
        hidden, as in Keras (stacked gates side by side)
    swap: exchange z and 1 - z
    h_0 (hidden,): the state before the first step
    W_hy (output, hidden): from the state to the output
    b_y (output,): bias of the output (with W_hy)
    output_activation: of the output (with W_hy)
    target (output,) or (time,) or (time, output): gives the loss and the backward pass
    loss: of the output, without W_hy of h (with target)
    loss_on: which steps have a loss (x of several steps, with target)
    upstream (time, hidden) or (hidden,): ∂L/∂h of every step or of the last; of an LSTM also {h, c} (without
        target)
    rate: step of gradient descent: gives the new weights (with target or with upstream)
    tokens: the inputs as words, or the letters of one; each is a 1 at its place in the vocabulary (without x)
    vocabulary: all words (letters) there are, in order (with tokens)
    """

@overload
def gru(
    *,
    W_ih: _Numbers,
    W_hh: _Numbers,
    x: _Numbers | None = None,
    b_ih: _Numbers | None = None,
    b_hh: _Numbers | None = None,
    gate_order: str | Sequence[str] = "r z n",
    reset: Literal["before", "after"] = "after",
    layout: Literal["columns", "rows"] | None = None,
    swap: bool = False,
    h_0: _Numbers = 0,
    W_hy: _Numbers | None = None,
    b_y: _Numbers | None = None,
    output_activation: _Activation = "identity",
    target: _Number | _Numbers | None = None,
    loss: _Loss = "half_squared_error",
    loss_on: Literal["all", "last"] = "all",
    upstream: Mapping[str, Any] | _Numbers | None = None,
    rate: _Number | None = None,
    tokens: str | Sequence[str] | None = None,
    vocabulary: str | Sequence[str] | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The same with the gates stacked, as PyTorch keeps them: W_ih (3·hidden, input), W_hh (3·hidden, hidden).

    x (time, input) or (input,): the inputs, a row a time step; or one vector
    W_ih (3*hidden, input): all gates below each other
    W_hh (3*hidden, hidden): all gates below each other
    b_ih (3*hidden,): bias beside W_ih
    b_hh (3*hidden,): bias beside W_hh
    gate_order: from top to bottom
    reset: the recurrent product
    layout: columns: W·x, W_hh·h, weights hidden x input, as without it; rows: x·W, h·W_hh, weights input x
        hidden, as in Keras (stacked gates side by side)
    swap: exchange z and 1 - z
    h_0 (hidden,): the state before the first step
    W_hy (output, hidden): from the state to the output
    b_y (output,): bias of the output (with W_hy)
    output_activation: of the output (with W_hy)
    target (output,) or (time,) or (time, output): gives the loss and the backward pass
    loss: of the output, without W_hy of h (with target)
    loss_on: which steps have a loss (x of several steps, with target)
    upstream (time, hidden) or (hidden,): ∂L/∂h of every step or of the last; of an LSTM also {h, c} (without
        target)
    rate: step of gradient descent: gives the new weights (with target or with upstream)
    tokens: the inputs as words, or the letters of one; each is a 1 at its place in the vocabulary (without x)
    vocabulary: all words (letters) there are, in order (with tokens)
    """

@overload
def attention(
    *,
    q: _Numbers,
    k: _Numbers,
    v: _Numbers | None = None,
    score: Literal["scaled_dot", "dot", "additive", "general"] = "scaled_dot",
    W_q: _Numbers | None = None,
    W_k: _Numbers | None = None,
    v_a: _Numbers | None = None,
    W_a: _Numbers | None = None,
    scale: _Number | None = None,
    softcap: _Number | None = None,
    mask: Literal["causal"] | _Numbers | None = None,
    stable: bool = False,
    layout: Literal["rows", "columns"] = "rows",
    labels: Sequence[str] | None = None,
    upstream: _Numbers | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Z = softmax(Q Kᵀ / √d_k) V (Vaswani et al. 2017, 3.2.1).

    dot and general scores: Luong et al. 2015; additive: Bahdanau et al. 2015. q: (width,) or (query, width); k: (key,
    width); v: (key, value). A: a row of weights for each query; a query that sees no key has weights 0. With columns
    all matrices are turned: q (width, query), S and A (key, query), Z (value, query).

    q (query_width,) or (query, query_width): the query, or a row for each
    k (key, key_width): a row for each key
    v (value_row, value): a row for each value; without it the keys
    score: q·k / √d_k, q·k, v_a·tanh(W_q q + W_k k), or q·W_a k
    W_q (width, d_q): what the query is multiplied by (score additive)
    W_k (width, d_k): what a key is multiplied by (score additive)
    v_a (width,): what tanh is multiplied by (score additive)
    W_a (d_q, d_k): between query and key (score general)
    scale: multiplies the scores, instead of 1/√d_k
    softcap: scores become c·tanh(score/c)
    mask (row, column): causal; a matrix of 1 (seen) and 0 (not seen); or one that is added to the scores (-.inf:
        not seen)
    stable: subtract the largest score of each query first
    layout: how tokens stand in matrices: X W and a softmax along rows, or W X and one down columns
    labels: names of the keys: ranks them by their score
    upstream: ∂L/∂Z, for the backward pass
    """

@overload
def attention(
    *,
    x: _Numbers,
    W_Q: _Numbers,
    W_K: _Numbers,
    W_V: _Numbers,
    b_Q: _Numbers | None = None,
    b_K: _Numbers | None = None,
    b_V: _Numbers | None = None,
    W_O: _Numbers | None = None,
    b_O: _Numbers | None = None,
    heads: _Whole = 1,
    kv_heads: _Whole | None = None,
    memory: _Numbers | None = None,
    score: Literal["scaled_dot", "dot"] = "scaled_dot",
    scale: _Number | None = None,
    softcap: _Number | None = None,
    mask: Literal["causal"] | _Numbers | None = None,
    stable: bool = False,
    layout: Literal["rows", "columns"] = "rows",
    labels: Sequence[str] | None = None,
    upstream: _Numbers | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Self-attention from embeddings, with several heads: tokens are rows, Q = X W_Q + b_Q and so on.

    Each head works on its part of the columns; the results are put side by side and, with W_O, mixed (Vaswani et al.
    2017, 3.2.2; grouped queries: Ainslie et al. 2023). With columns: X (d_model, token), Q = W_Q X.

    x (token, d_model): a row for each token
    W_Q (d_q, query_width): queries: Q = X W_Q
    W_K (d_k, key_width): keys: K = X W_K
    W_V (d_v, value_width): values: V = X W_V
    b_Q (bias_Q,): bias of the queries
    b_K (bias_K,): bias of the keys
    b_V (bias_V,): bias of the values
    W_O (O_rows, O_columns): after the heads are put together
    b_O (out,): bias after W_O (with W_O)
    heads: Q, K and V are divided into so many
    kv_heads: heads of K and V, each for a group of queries' heads
    memory (memory_token, memory_width): keys and values come from it: cross-attention
    score: q·k / √d_k, or q·k
    scale: multiplies the scores, instead of 1/√d_k
    softcap: scores become c·tanh(score/c)
    mask (row, column): causal; a matrix of 1 (seen) and 0 (not seen); or one that is added to the scores (-.inf:
        not seen)
    stable: subtract the largest score of each query first
    layout: how tokens stand in matrices: X W and a softmax along rows, or W X and one down columns
    labels: names of the keys: ranks them by their score (one head)
    upstream: ∂L/∂Z, for the backward pass
    """

@overload
def posenc(
    *,
    d_model: _Whole,
    positions: _Whole | Sequence[_Whole] | None = None,
    tokens: Sequence[str] | None = None,
    kind: Literal["sinusoidal"] = "sinusoidal",
    base: _Number = 10000,
    arrangement: Literal["interleaved", "concatenated"] = "interleaved",
    embedding: _Numbers | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """PE(pos, 2i) = sin(pos / base^(2i/d)), PE(pos, 2i+1) = cos of the same angle (Vaswani et al. 2017, 3.5).

    Positions and i count from 0. PE: (position, d_model); angle: (position, ⌈d_model/2⌉).

    d_model: numbers in each encoding
    positions: how many, from 0, or a list of them (default: a position for each token)
    tokens: names of the rows, one for each position
    kind: which encoding
    base: what the exponents are of
    arrangement: sin and cos in turn, or all sines first
    embedding (position, dimension): added to the encoding
    """

@overload
def posenc(
    *,
    kind: Literal["rotary"],
    q: _Numbers,
    k: _Numbers | None = None,
    positions: _Whole | Sequence[_Whole] | None = None,
    key_positions: _Whole | Sequence[_Whole] | None = None,
    theta: _Numbers | None = None,
    base: _Number = 10000,
    pairs: Literal["adjacent", "halves"] = "adjacent",
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Pairs of numbers, each turned by position·θ: (x cos − y sin, x sin + y cos); q_rot·k_rot sees distances alone.

    q, k: (position, d) or (d,); R: (position, pair, 2, 2) (Su et al. 2021, RoFormer, 3.2).

    kind: which encoding
    q (position, dimension) or (dimension,): queries, a row for each position, or one vector
    k (key, dimension) or (dimension,): keys: gives their products with the queries
    positions: of the queries (from 0; of one vector 1)
    key_positions: of the keys (as the queries) (with k)
    theta (pair,): the angle of each pair at position 1, in place of a base
    base: θ_i = base^(-2i/d) (without theta)
    pairs: which numbers turn together: 1 and 2, or 1 and d/2 + 1
    """

@overload
def posenc(
    *,
    kind: Literal["alibi"],
    heads: _Whole | None = None,
    positions: _Whole | None = None,
    tokens: Sequence[str] | None = None,
    slopes: _Numbers | None = None,
    causal: bool = True,
    scores: _Numbers | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """B = −m·|i − j| for each head, added to its scores; m = 2^(−8h/heads), h from 1.

    B: (head, position, position) (Press et al. 2022). Where the heads are no power of 2 the slopes are those of the
    power below, then every other one of the power above, from its first on, as the authors' code has them.

    kind: which encoding
    heads: how many heads (as many as slopes)
    positions: how many (default: one for each token)
    tokens: names of the rows, one for each position
    slopes (head,): m of each head, in place of 2^(-8h/heads)
    causal: later positions are masked
    scores (position, position) or (head, position, position): q·k, to which it is added
    """

@overload
def decoding(
    *,
    probabilities: Mapping[str, _Numbers] | _Numbers,
    kind: Literal["greedy", "beam", "top_k", "top_p", "perplexity"] = "greedy",
    transitions: _Numbers | None = None,
    steps: _Whole | None = None,
    beam: _Whole = 2,
    end: str | None = None,
    length_penalty: _Number | None = None,
    log: bool = False,
    k: _Whole = 2,
    p: _Number = ...,
    tokens: Sequence[str] | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """The likeliest sequences step by step, each with its score; the tokens that sampling is left with; or perplexity.

    beam: of all candidates (score of the hypothesis · P) the best so many go on (Lowerre 1976; Sutskever et al. 2014).
    With an end, what has ended stays as it is; length_penalty compares by ln P / length^α (Wu et al. 2016).
    top_k: the k likeliest (Fan et al. 2018); top_p: the fewest that have p together (Holtzman et al. 2020), each scaled
    to add up to 1. perplexity: e^(−mean ln P). probabilities: (step, token); sequences count tokens from 1.

    probabilities (token,) or (step, token): of the next token: a row a step; {words before: row}, from `start`
        on; or with transitions the first
    kind: what is asked; perplexity is of the probabilities that the words got
    transitions (token, token): row: the token before, column: the next one (kind greedy or beam)
    steps: how many tokens (2) (kind greedy or beam, with transitions)
    beam: how many hypotheses go on (kind beam)
    end: the word (or the number) of the token that ends a sequence: it goes on no more (kind greedy or beam)
    length_penalty: scores are compared by ln P / length^length_penalty at the end (kind beam)
    log: scores are sums of ln P, in place of products (kind greedy or beam)
    k: so many of the likeliest tokens stay (kind top_k)
    p: the likeliest tokens stay, until together they have this (kind top_p) [0.9]
    tokens: the words, in the order of the columns (kind greedy, beam, top_k or top_p)
    """

@overload
def decoding(
    *,
    candidate: str | Sequence[str],
    references: str | Sequence[str | Sequence[str]],
    n: _Whole = 4,
    weights: Sequence[_Number] | None = None,
    smoothing: Literal["add_one", "epsilon"] | None = None,
    epsilon: _Number = ...,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """p_n: of the candidate's runs of n words how many are in a reference, each at most as often as there; BLEU.

    BLEU = BP·(p_1·…·p_n)^(1/n), BP = min(1, e^(1 − r/c)), where c and r are the lengths of the candidate and of the
    reference that is nearest to it, the shorter of two (Papineni et al. 2002); with weights BP·p_1^w_1·…·p_n^w_n.

    candidate: the words that are judged
    references: one or several that are right
    n: the longest run of words that is counted
    weights: of p_1, p_2, … up to n, in place of 1/n each
    smoothing: add_one: (matches + 1)/(runs + 1) from runs of 2 on (Lin and Och 2004); epsilon: in place of 0
        matches (as NLTK's methods 2 and 1)
    epsilon: counts in place of 0 matches (smoothing epsilon) [0.1]
    """

@overload
def decoding(
    *,
    candidates: Sequence[str],
    references: Sequence[str | Sequence[str]],
    n: _Whole = 4,
    weights: Sequence[_Number] | None = None,
    smoothing: Literal["add_one", "epsilon"] | None = None,
    epsilon: _Number = ...,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """BLEU of a corpus: matches and runs of all texts are summed before they are divided, lengths as well.

    candidates: the texts that are judged
    references: for each candidate one text that is right, or a list of several
    n: the longest run of words that is counted
    weights: of p_1, p_2, … up to n, in place of 1/n each
    smoothing: add_one: (matches + 1)/(runs + 1) from runs of 2 on (Lin and Och 2004); epsilon: in place of 0
        matches (as NLTK's methods 2 and 1)
    epsilon: counts in place of 0 matches (smoothing epsilon) [0.1]
    """

@overload
def decoding(
    *,
    logits: _Numbers,
    target: _Whole | Sequence[_Whole],
    kind: Literal["perplexity"] = "perplexity",
    mask: _Numbers | None = None,
    first_class: _Whole = 1,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Perplexity from scores: p = softmax(z), H = −mean ln p of the tokens that came, e^H.

    logits: (token,) or (step, token); with a mask the mean is that of the rows that count (Jelinek et al. 1977).

    logits (token,) or (step, token): scores of the next token, a row a step
    target: the token that came, one for each row
    kind: what is asked
    mask (step,): 1 for each row that counts, 0 elsewhere (padding)
    first_class: what the first token is called in the target
    """

def boxes(
    *,
    boxes: _Numbers,
    form: Literal["corners", "centre", "size"] = "corners",
    pixels: bool = False,
    truth: _Numbers | None = None,
    giou: bool = False,
    scores: _Numbers | None = None,
    classes: Sequence[str] | None = None,
    threshold: _Number = ...,
    drops: Literal["IoU > threshold", "IoU >= threshold"] = "IoU > threshold",
    least_score: _Number | None = None,
    keep: _Whole | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """IoU = intersection / union of two boxes, or of each with each; with scores, who is kept.

    boxes: (box, 4); of two boxes IoU is one number, else (box, box), with truth (box, object). Non-maximum suppression
    keeps the best box that is left and drops those that overlap it more than the threshold, round by round; `kept` is
    1 at each that stays (Everingham et al. 2010; Neubeck and Van Gool 2006). As many rounds as there are boxes. GIoU:
    Rezatofighi et al. 2019.

    boxes (box, side): a row for each box
    form: corners: [x1, y1, x2, y2]; centre: [x, y, width, height] of the middle; size: of the first corner
    pixels: sides count pixels: x2 - x1 + 1
    truth (object, side): boxes that each is compared with (default: one another) (without scores)
    giou: also GIoU = IoU - (hull - union)/hull, hull being the smallest box around both (without scores)
    scores (box,): how sure each is: gives non-maximum suppression
    classes: what each box shows: only boxes of one class drop each other (with scores)
    threshold: IoU with a better box from which on one is dropped (with scores) [0.5]
    drops: where a box is dropped (with scores)
    least_score: boxes with a lower score are dropped first (with scores)
    keep: at most so many (default: all) (with scores)
    """

def hopfield(
    *,
    patterns: _Numbers | None = None,
    W: _Numbers | None = None,
    state: _Numbers | None = None,
    labels: Literal["-1/1", "0/1"] = "-1/1",
    scale: Literal["units", "patterns"] | _Number = 1,
    zero_diagonal: bool = True,
    theta: _Number | _Numbers | None = None,
    update: Literal["async", "sync"] = "async",
    order: Sequence[_Whole] | None = None,
    rounds: _Whole = 1,
    tie: Literal["keep", "on", "off", "zero"] = "keep",
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """W = Σ x·xᵀ without its diagonal; s_i = sign(W_i·s), unit after unit; E = −½·s·W·s (Hopfield 1982).

    patterns: (pattern, unit); W: (unit, unit); state: (unit,). Of states 0 and 1 a pattern x stands in W as 2x − 1, and
    a unit is 1 where h > 0. `stored` is 1 at each pattern that the last state is.

    patterns (pattern, unit): a row for each pattern that is stored
    W (unit, unit): the weights, in place of patterns (without patterns)
    state (unit,): where the recall begins
    labels: the states of a unit
    scale: the sum of the patterns' products is divided by how many there are of these, or multiplied by a number
        (with patterns)
    zero_diagonal: no unit is connected to itself (with patterns)
    theta (unit,): thresholds: h = W·s - theta, one for each unit or for all (with state)
    update: one unit after the other, or all at once (with state)
    order: the units in the order in which they are updated, from 1 (update async, with state)
    rounds: how often through the order, or all at once (with state)
    tie: at h = 0: the unit keeps its state, is 1, is the lower of its states, or is 0 (with state)
    """

@overload
def params(
    *,
    layers: Sequence[str | Mapping[str, Any]],
    input_shape: Sequence[_Whole] | None = None,
    channels_first: bool = False,
    tokens: _Whole | None = None,
    more: bool = False,
    show: Sequence[_Show] | None = None,
    kv_cache: Mapping[str, Any] | None = None,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """Output size, parameters and multiply-adds (MACs) of every layer, and the totals.

    conv: (n + 2p − f)/s + 1 rounded down; (f·f·c + 1)·k parameters; one MAC for each weight at each output place.
    FLOPs are 2·MACs; biases, activations, normalization and pooling are not counted (Dumoulin and Visin 2016; the sums
    of any course). Counts are exact whole numbers.

    layers: the layers in order
    input_shape: [height, width, channels] of an image (of a volume depth first), [T, D] or [T] of a sequence, [n]
        of a vector; tokens need none
    channels_first: sizes are [channels, height, width] (input_shape of an image)
    tokens: D, the tokens it is trained on: 6·N·D FLOPs
    more: the variants, too: embeddings, tied or not, memory, optimizer, cache
    show: told of each layer, too: output, receptive_field (and jump), weights (their shapes), neurons, padding
    kv_cache: {tokens, batch, bytes}: the memory of keys and values of all attention layers
    """

@overload
def params(
    *,
    examples: _Whole,
    batch_size: _Whole,
    epochs: _Whole = 1,
    updates: _Whole | None = None,
    drop_last: bool = False,
    title: str | None = None,
    question: str | None = None,
    source: str | None = None,
    symbols: Mapping[str, Any] | None = None,
    expect: Mapping[str, Any] | None = None,
    marking: Mapping[str, Any] | None = None,
    settle: Settle = ...,
) -> Working:
    """⌈N/B⌉ updates an epoch, E·⌈N/B⌉ in all; the last batch of an epoch may be smaller. From updates the epochs.

    examples: how many there are
    batch_size: how many at a time
    epochs: how often through all (without updates)
    updates: how many in all: gives the epochs
    drop_last: a last batch that is smaller is left out
    """

network = backprop
