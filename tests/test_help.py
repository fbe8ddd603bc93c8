"""What one looks for is found: by concept, by a slip of the pen, on the help's pages, and by pressing Tab."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command import Done, run

from nncalc.cli.commands import COMMANDS
from nncalc.cli.listing import GROUPS, WELCOME
from nncalc.errors import nearest
from nncalc.problem.concepts import Concept, all_names, called_so, index
from nncalc.problem.guide import PAGES, glossary, headings, page
from nncalc.topics import ALSO, TOPICS, kernels
from nncalc.topics.parts.fields import fields_of
from nncalc.topics.parts.language import LANGUAGE

# Words of deep-learning courses, and the beginning of the command that one wants.
WANTED = {
    "draw network": "network", "activation curve": "activation --function tanh --x 0.5,-1 --figure", "network diagram": "network",
    "picture": "softmax --x 2,1,0.1 --figure", "plot": "softmax --x 2,1,0.1 --figure", "draw graph": "backprop --expr",
    "adam": "optimizer --kind adam", "AdamW": "optimizer --kind adamw", "momentum": "optimizer --kind momentum",
    "rmsprop": "optimizer --kind rmsprop", "gradient descent": "optimizer --expr", "weight decay": "optimizer --kind adamw",
    "learning rate schedule": "optimizer --rate", "cosine annealing": "optimizer --rate", "moving average": "optimizer --kind average",
    "relu": "activation --function relu", "gelu": "activation --function gelu", "leaky relu": "activation --function leaky_relu",
    "sigmoid": "activation --function sigmoid", "swish": "params", "softmax": "softmax --x", "logits": "softmax --x",
    "softmax jacobian": "softmax --x 2,1,0.1 --jacobian", "temperature": "softmax", "mlp": "network --x", "multi-layer perceptron": "network --x",
    "hidden layer": "network --x", "backpropagation": "backprop --expr", "chain rule": "backprop --expr", "computational graph": "backprop --expr",
    "cross entropy": "loss --kind cross_entropy", "cross-entropy loss": "loss --kind cross_entropy", "log loss": "loss --kind cross_entropy",
    "mse": "loss --kind mean_squared_error", "hinge": "loss --kind hinge", "svm loss": "loss --kind hinge", "kl divergence": "loss --kind kl",
    "triplet loss": "loss --kind triplet", "huber": "loss --kind huber", "vae": "new formulas --form vae_step", "dice": "loss --kind dice",
    "xor": "perceptron", "perceptron learning rule": "perceptron", "delta rule": "perceptron", "truth table": "perceptron",
    "convolution": "conv --image", "sobel": "conv --image", "padding": "conv --help", "dilated convolution": "conv --image",
    "transposed convolution": "conv --image", "cnn": "new network --form cnn", "max pooling": "pool --image", "global average pooling": "pool --image",
    "receptive field": "params --input_shape", "number of parameters": "params --input_shape", "FLOPs": "params", "resnet50": "new params --form resnet50",
    "batch normalization": "norm --x", "layer norm": "norm --kind layer", "batchnorm": "norm --kind batch", "skip connection": "residual --x",
    "dropout": "new formulas --form dropout_mask", "vanishing gradient": "rnn --x", "backprop through time": "rnn --x", "BPTT": "rnn --x",
    "character rnn": "rnn --tokens", "forget gate": "new lstm", "lstm": "new lstm", "gru": "new gru", "self-attention": "attention --q",
    "multi-head attention": "attention --x", "causal mask": "attention --q", "bahdanau attention": "attention --score additive",
    "transformer": "new network --form encoder_block", "positional encoding": "posenc --d_model", "rope": "posenc --kind rotary",
    "alibi": "posenc --kind alibi", "kv cache": "params --layers", "beam search": "decoding --kind beam", "nucleus sampling": "decoding --kind top_p",
    "perplexity": "decoding --kind perplexity", "bleu": "decoding --candidate", "iou": "boxes --boxes", "non-maximum suppression": "boxes --boxes",
    "hopfield": "hopfield --patterns", "associative memory": "hopfield --patterns", "q-learning": "new formulas --form q_learning",
    "word2vec": "new formulas --form word2vec", "k-means": "new formulas --form k_means_round", "GAN": "new formulas --form gan_losses",
    "keras weights": "network --x", "epochs": "params --examples", "significant digits": "softmax --x 2,1,0.1 --round", "grading": "help marking",
    "partial credit": "help marking", "argmax": "formulas --given", "cosine similarity": "formulas --given",
}  # fmt: skip


def hits(*words: str) -> list[str]:
    """The lines to paste of what `nncalc help` finds."""
    return [line.strip() for line in run("help", *words).out.splitlines() if line.startswith("    nncalc ")]


@pytest.mark.parametrize("words", WANTED)
def test_a_word_of_a_course_leads_to_its_command(words: str) -> None:
    found = (
        hits(*words.split()) if words not in TOPICS else re.findall(r"^\$ (nncalc .*)$", run("help", words).out, re.M)
    )
    assert found and found[0].startswith(f"nncalc {WANTED[words]}"), found


def piped(line: str) -> Done:
    """The last command of a line, with what the one before prints."""
    given = b""
    for part in line.split(" | "):
        done = run(*shlex.split(part)[1:], stdin=given)
        given = done.out.encode()
    return done


def test_every_line_of_the_index_works() -> None:
    """Each is run; those that print a ready problem are the same for all of it, and have tests of their own."""
    ready = {c.line for c in index() if c.what.startswith("a ready problem")}
    lines = {c.line for c in index()} - ready | {line for _, _, line in glossary()}
    wrong = {line: done.err for line in sorted(lines) if (done := piped(line)).code not in (0, 1)}
    assert not wrong and len(lines) > 250


def test_a_name_that_is_nearly_a_command_is_not_taken_for_a_slip() -> None:
    """Where a word is so like a command that the command is meant, it names nothing else."""
    from nncalc.cli.commands import SLIP

    known = [*TOPICS, *COMMANDS]
    single = {
        name for c in index() if c.rank <= 3 for name in c.names if " " not in name and name not in {*known, *ALSO}
    }
    taken = {name: near for name in single if (near := nearest(name, known, SLIP))}
    about = {c.names[0]: c for c in index()}
    assert all(near in about[name].line or near in about[name].what for name, near in taken.items()), taken


@pytest.mark.parametrize(("typed", "line"), [
    ('adam --w 1 --gradients "0.1;0.2"', 'nncalc optimizer --kind adam --w 1 --gradients "0.1;0.2" --rate 0.1'),
    ("adam --w 1 --gradients 0.1 --rate 0.5", "nncalc optimizer --kind adam --w 1 --gradients 0.1 --rate 0.5"),
    ("adam --lr 0.5 --theta 1 --grads=0.1", "nncalc optimizer --kind adam --rate 0.5 --w 1 --gradients=0.1"),
    ("adam p.yaml", "nncalc optimizer --kind adam p.yaml"), ("relu --x -1,2", "nncalc activation --function relu --x -1,2"),
    ("relu", 'nncalc activation --function relu --x "[0.5, -0.3]"'), ("gelu", 'nncalc activation --function gelu --x "[0.5, -0.3]"'),
    ("cross_entropy --prediction .7,.3 --target 1", "nncalc loss --kind cross_entropy --prediction .7,.3 --target 1"),
    ("cross entropy --prediction .7,.3 --target 1", "nncalc loss --kind cross_entropy --prediction .7,.3 --target 1"),
    ("transformer", "nncalc new network --form encoder_block | nncalc solve -"), ("resnet18", "nncalc new params --form resnet18 | nncalc solve -"),
    ("self-attention --q 1,0 --k '1,0;1,1'", 'nncalc attention --q 1,0 --k "1,0;1,1"'), ("marking", "nncalc help marking"),
    ("huber --prediction 1 --target '$3'", "nncalc loss --kind huber --prediction 1 --target '$3'"),
])  # fmt: skip
def test_what_is_no_command_is_answered_with_the_line_that_works(typed: str, line: str) -> None:
    done = run(*shlex.split(typed))
    assert (done.code, done.out) == (2, "")
    assert done.err == f"nncalc: No such command '{typed.split()[0]}'; try: {line}\n"
    if "p.yaml" not in line and "$" not in line:
        assert piped(line).code == 0


def test_mlp_leads_to_a_network() -> None:
    assert run("mlp").err.startswith("nncalc: No such command 'mlp'; try: nncalc network --x 0.05,0.1 --layers ")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("mlp --help", "nncalc network --help"),
        ("adam --w 1 --help", "nncalc optimizer --help"),
        ("resnet18 --help", "nncalc new params --form resnet18 | nncalc solve -"),
    ],
)
def test_who_asks_for_help_gets_the_help_of_the_command_that_is_meant(typed: str, line: str) -> None:
    assert run(*typed.split()).err == f"nncalc: No such command '{typed.split()[0]}'; try: {line}\n"
    assert piped(line).code == 0


def test_a_slip_is_still_a_slip() -> None:
    assert run("sofmax").err == "nncalc: No such command 'sofmax'; did you mean softmax?\n"
    assert run("adamm").err == "nncalc: No such command 'adamm'; did you mean adam?\n"
    assert run("xyzzy").err == "nncalc: No such command 'xyzzy'; see `nncalc --help`\n"
    assert run("--", "\x1b[2J").code == 2 and "\x1b" not in run("\x1b[2J").err


def test_without_a_word_there_are_three_lines_to_try() -> None:
    done = run()
    assert (done.code, done.out, done.err) == (0, WELCOME, "")
    tried = [line.strip().partition("   ")[0] for line in WELCOME.splitlines() if line.startswith("  nncalc")]
    assert len(tried) == 3
    for line in tried:
        assert run(*shlex.split(line.partition(" > ")[0])[1:]).code == 0


def test_help_lists_the_pages_and_prints_each() -> None:
    contents = run("help").out
    files = {path.stem for path in (Path(__file__).parent.parent / "nncalc" / "guide").glob("*.md")}
    assert files == {*PAGES} and [name for name, _ in headings()] == list(PAGES)
    assert max(map(len, (contents + WELCOME).splitlines())) <= 80
    for name, heading in headings():
        assert f"nncalc help {name}" in contents and heading in contents
        assert run("help", name).out == run("help", *name.split("-")).out == page(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_guide_fits_a_terminal(name: str) -> None:
    """But for lines that are pasted as they are, and tables of marks, which are as wide as the answers."""
    text = re.sub(r"\n\$ nncalc check .*?```", "", page(name), flags=re.DOTALL)
    wide = [line for line in text.splitlines() if len(line) > 80]
    assert not [line for line in wide if not line.startswith(("$ nncalc ", "nncalc ", "  `nncalc "))]


def test_the_page_of_formulas_names_every_function() -> None:
    assert not [f for f in LANGUAGE if not f.startswith(("row_", "column_")) and f"`{f}`" not in page("formulas")]


@pytest.mark.parametrize("topic", [*TOPICS, *ALSO])
def test_a_topics_page_has_its_fields_and_a_working(topic: str) -> None:
    if topic in PAGES:
        return
    done = run("help", topic)
    assert done.code == 0 and "\nA working:\n$ nncalc " in done.out and "\nAnswer\n" in done.out
    assert not [f for form in kernels(topic) for f in fields_of(form) if f"--{f.name} " not in done.out]


def test_a_commands_help_is_told_too() -> None:
    assert run("help", "check").out == run("check", "--help").out


def test_what_nothing_is_called_is_an_error_with_what_is_near() -> None:
    done = run("help", "xyzzy")
    assert (done.code, done.out) == (2, "")
    assert done.err == "nncalc help: nothing is called 'xyzzy' (see `nncalc help` and `nncalc --help`)\n"
    done = run("help", "adagradd")
    assert (done.code, done.out) == (2, "") and "nncalc optimizer --kind adagrad " in done.err
    assert done.err.endswith("nncalc help: nothing is called 'adagradd' (did you mean adagrad?)\n")


def test_what_is_found_does_not_depend_on_anything_else() -> None:
    assert hits("cross", "entropy") == hits("cross_entropy") == hits("Cross-Entropy") == hits("the", "cross", "entropy")
    assert 0 < len(hits("gradient")) <= 8
    assert called_so(["lr"]) == [] and "lr" in all_names()


def test_the_index_holds_all_tables() -> None:
    names = {name for c in index() for name in c.names}
    forms = {form.__name__ for topic in TOPICS if len(kernels(topic)) > 1 for form in kernels(topic)}
    also = {
        other
        for topic in TOPICS
        for form in kernels(topic)
        for f in fields_of(form)
        for other in (f.name, *f.about.also)
    }
    assert names >= {
        *TOPICS,
        *ALSO,
        *forms,
        *also,
        *PAGES,
        "conv1d",
        "feed_forward",
        "hinge",
        "leaky_relu",
        "gpt3",
        "lora",
    }
    assert all(isinstance(c, Concept) and c.line.startswith("nncalc ") for c in index())


# The help's own pages.


def test_commands_are_grouped_and_none_is_missing() -> None:
    text = run("--help").out
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(COMMANDS)
    headings = re.findall(r"^(\S.*):$", text, re.M)
    assert headings == ["Options", "Topics", *GROUPS]
    for name in (*TOPICS, *COMMANDS):
        assert re.search(rf"^  {name}  ", text, re.M)


def test_fields_stand_below_their_forms() -> None:
    text = run("optimizer", "--help").out
    groups = dict(re.findall(r"^(\S[^\n]*):\n((?:  .*\n)+)", text, re.M))
    order = list(groups)
    assert (
        "--gradients " in groups["Fields of form gradients"]
        and "--steps " in groups["Fields of form expression or rates"]
    )
    assert (
        order.index("Fields of form gradients or expression")
        < order.index("Fields of form gradients")
        < order.index("What is shown")
    )
    assert order.index("Fields of form gradients, expression or rates") < order.index(
        "Fields of form gradients or expression"
    )
    assert "--kind sgd|momentum|…" in text and "--nesterov framework|…" in text and "(form " not in text
    alone = run("softmax", "--help").out
    assert "\nFields:\n" in alone and "Fields of" not in alone


@pytest.mark.parametrize("topic", TOPICS)
def test_every_field_is_told_once_with_all_its_choices(topic: str) -> None:
    from nncalc.topics.parts.choices import choices_of

    text = run(topic, "--help").out
    for form in kernels(topic):
        for field in fields_of(form):
            assert len(re.findall(rf"^  --{field.name} ", text, re.M)) == 1
            told = re.search(rf"^  --{field.name} .*\n(?:    .*\n)*", text, re.M)
            entry = " ".join(told[0].split()) if told else ""
            assert not [choice for choice in choices_of(field) if choice not in entry], field.name


def test_layers_are_listed_with_their_fields() -> None:
    params, network = (run(topic, "--help").out for topic in ("params", "network"))
    assert re.search(r"^  dense +units; bias, name$", params, re.M) and re.search(
        r"^  moe +experts, active, layers; ", params, re.M
    )
    assert re.search(r"^  dense +W; b, bias, activation, name$", network, re.M)
    from nncalc.topics.parts.choices import layers_of

    for text, topic in ((params, "params"), (network, "network")):
        words = set(re.findall(r"[a-z_0-9]+", text.partition("Layers of form")[2]))
        assert all(words >= {*kinds.options} for form in kernels(topic) for kinds in layers_of(form))


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_help_fits_the_terminal(columns: int) -> None:
    for words in (["--help"], ["check", "--help"], ["optimizer", "--help"], ["params", "--help"]):
        text = run(*words, terminal=columns).out
        wide = [line for line in text.splitlines() if len(line) > columns and "nncalc " not in line]
        assert not wide


# Completion.


def completed(line: str, shell: str = "bash") -> list[str]:
    """What a shell is told; the last word of the line has been begun, or is empty."""
    words = line.split(" ")
    asked = {"bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
             "zsh": {"_TYPER_COMPLETE_ARGS": line},
             "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}}[shell]  # fmt: skip
    done = subprocess.run([sys.executable, "-c", "from nncalc.cli.main import main; main()"], capture_output=True, text=True,
                          env={**os.environ, "_NNCALC_COMPLETE": f"complete_{shell}", **asked}, check=False)  # fmt: skip
    assert done.stderr == ""
    if shell == "zsh":
        return re.findall(r'"([^"]+)"(?::"[^"]*")?', done.stdout)
    return [found.partition("\t")[0] for found in done.stdout.split("\n") if found]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "hw" / "deep").mkdir(parents=True)
    for name in ("p.yaml", "hw/b.yaml", "hw/a.yaml", "hw/deep/c.yml"):
        (tmp_path / name).write_text("topic: softmax\nx: [2, 1]\n")
    (tmp_path / "hw" / "a.answers.yaml").write_text("s: [1, 2]\n")
    (tmp_path / "notes.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(("line", "told"), [
    ("nncalc opt", ["optimizer"]), ("nncalc so", ["softmax", "solve"]), ("nncalc optimizer --kind a", ["adagrad", "adadelta", "adam", "adamw", "adamax", "average"]),
    ("nncalc optimizer --kin", ["--kind"]), ("nncalc new optimizer --form ", ["gradients", "expression", "rates", "average"]),
    ("nncalc new params --form bert", ["bert_base", "bert_large"]), ("nncalc schema net", ["network"]), ("nncalc softmax --jacobian ", ["yes", "no"]),
    ("nncalc solve ", ["hw/", "p.yaml"]), ("nncalc softmax -i p", ["p.yaml"]), ("nncalc softmax p.yaml --get ", ["e", "Z", "s"]),
    ("nncalc softmax --x 2,1 --explain ", ["e", "Z", "s"]), ("nncalc solve p.yaml --get Z", ["Z"]), ("nncalc softmax p.yaml --check s", ["s="]),
    ("nncalc help mar", ["marking"]), ("nncalc check p.yaml --by ", ["student", "line", "problem"]), ("nncalc solve p.yaml --detail f", ["full"]),
])  # fmt: skip
def test_a_shell_completes(folder: Path, shell: str, line: str, told: list[str]) -> None:
    assert completed(line, shell) == told


def test_a_folder_that_is_the_only_one_is_gone_into(folder: Path) -> None:
    """Else the shell would put a blank behind it."""
    assert completed("nncalc solve h") == ["hw/a.answers.yaml", "hw/a.yaml", "hw/b.yaml", "hw/deep/"]
    assert completed("nncalc solve hw/d") == ["hw/deep/c.yml"]
    assert completed("nncalc solve none") == [] == completed("nncalc softmax notes.txt --get ")


def test_solve_takes_folders_in_the_order_of_a_batch(folder: Path) -> None:
    (folder / "hw" / "b.yaml").write_text("topic: softmax\ntitle: B\nx: [2, 1]\n")
    (folder / "hw" / "deep" / "c.yml").write_text("topic: softmax\ntitle: C\nx: [2, 1]\n")
    done = run("solve", "hw", "p.yaml")
    assert done.code == 0 and re.findall(r"^softmax(.*)$", done.out, re.M) == ["", "   B", "   C", ""]
    assert done.out == "\n".join(run("solve", f).out for f in ("hw/a.yaml", "hw/b.yaml", "hw/deep/c.yml", "p.yaml"))
    (folder / "hw" / "bad.yaml").write_text("topic: softmax\nx: [2, two]\n")
    done = run("solve", "hw")
    assert (done.code, done.out) == (2, "") and done.err.startswith("hw/bad.yaml:2:8: x[2]: ")
    (folder / "hw" / "out.yaml").symlink_to(folder / "p.yaml")
    assert run("solve", "hw").err == "hw/out.yaml: is a link that leaves the folder\n"
    (folder / "empty").mkdir()
    assert run("solve", "empty").err == "empty: holds no problem files (*.yaml)\n"
