"""Wrong and hostile files, each beside its smallest accepted neighbour, with the words that its error must hold.

A row: the rule of the house that it is for, a good file, what in it is replaced by what, and the words.
"""

from __future__ import annotations

from dataclasses import dataclass

S = b"topic: softmax\nx: [2, 1]\n"
C = b"topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: [[1]]\n"
G = b"topic: backprop\nexpr: x*y\nat: {x: 1, y: 2}\n"
R = b"topic: rnn\nx: [1, 2]\nW_xh: [[1, 2], [3, 4]]\nW_hh: [[1, 0], [0, 1]]\n"
P = b"topic: params\ninput_shape: [9, 9, 1]\nlayers: [{conv: {filters: 2, kernel: 3}}, flatten]\n"
LAUGHS = b"".join(b"k%d: &k%d [%s]\n" % (i, i, b", ".join([b"*k%d" % (i - 1)] * 9)) for i in range(1, 9))


@dataclass(frozen=True)
class Case:
    """One wrong file, and the good one that it was made from."""

    rule: str
    good: bytes
    old: bytes
    new: bytes
    words: str

    @property
    def bad(self) -> bytes:
        """The wrong file."""
        return self.good.replace(self.old, self.new, 1)


CASES = [
    # F: files and their bytes
    Case("F1 size", S, b"[2, 1]", b"[" + b"1, " * 400_000 + b"1]", "is larger than 1048576 bytes, the limit"),
    Case("F2 UTF-16", S, S, S.decode().encode("utf-16"), "UTF-16 or no text at all (save it as UTF-8)"),
    Case("F2 UTF-16 without a mark", S, S, S.decode().encode("utf-16-le"), "save it as UTF-8"),
    Case("F2 Latin-1", S + b"title: ok\n", b"ok", b"caf\xe9", ":3:11: is not UTF-8 (save it as UTF-8)"),
    Case("F2 line ends", S.replace(b"\n", b"\r\n"), b"1]", b"one]", ":2:8: x[2]: want a number, got the text 'one'"),
    Case("F2 old line ends", S.replace(b"\n", b"\r"), b"1]", b"one]", ":2:8: x[2]: want a number"),
    Case("F3 control", S + b"title: ok\n", b"ok", b"o\x1b[31mk", ":3:9: control character \\x1b"),
    Case("F3 hidden line end", S + b"title: ok\n", b"ok", b"o\xe2\x80\xa8k", ":3:9: control character \\u2028"),
    Case("F3 NUL", S, b"2", b"\x00", ":2:5: control character \\x00"),
    Case("F4 outside", C, b"[[1]]", b"{file: ../secret.npy}", "'../secret.npy' lies outside the problem's folder"),
    Case("F4 absolute", C, b"[[1]]", b"{file: /etc/hosts.csv}", "lies outside the problem's folder (--allow-outside"),
    Case("F4 other kinds", C, b"[[1]]", b"{file: w.pkl}", "'w.pkl' does not end in .npy, .npz, .csv"),
    Case("F4 not there", C, b"[[1]]", b"{file: none.npy}", "filter: none.npy: no such file"),
    # Y: YAML
    Case("Y1 depth", S, b"[2, 1]", b"[" * 100_000, "is nested deeper than 16 levels, the limit"),
    Case("Y1 not YAML", S, b"1]", b"1", ":2:4: is not YAML: this [ is never closed"),
    Case("Y1 bad escape", S + b'title: "ok"\n', b"ok", b"\\q", "a backslash in double quotes"),
    Case("Y1 surrogate", S + b'title: "ok"\n', b"ok", b"\\ud800", "is not YAML"),
    Case("Y1 no character", S + b'title: "ok"\n', b"ok", b"\\U00110000", "is not YAML"),
    Case("Y1 tab", S, b"x: ", b"\tx: ", ":2:2: the line is indented with a tab; want spaces"),
    Case("Y2 twice", S, b"topic", b"x: [1]\ntopic", ":3:1: 'x' is given twice, first in line 1"),
    Case("Y2 twice inside", G, b"y: 2", b"x: 2", "'x' is given twice, first in line 3"),
    Case("Y3 laughs", S, b"x:", b"k0: &k0 [1]\n" + LAUGHS + b"x:", "nodes (aliases counted each time), the limit"),
    Case("Y3 recursive", S, b"[2, 1]", b"&a [*a]", "the alias *a contains itself"),
    Case("Y3 undefined", S, b"[2, 1]", b"*a", "the alias *a is not defined"),
    Case("Y3 merge", G, b"x: 1,", b"<<: {x: 1},", "merge keys (<<) are not read"),
    Case("Y3 tag", S, b"[2", b"[!!int 2", "tags (tag:yaml.org,2002:int) are not read"),
    Case("Y3 python tag", S, b"[2, 1]", b"!!python/object/apply:os.system [id]", "are not read; the field decides"),
    Case("Y3 directive", b"%YAML 1.2\n---\n" + S, b"%YAML 1.2", b"%TAG ! tag:x:", ":1:1: directives (%TAG ! tag:x:) are not read"),
    Case("Y3 documents", S, b"x:", b"---\nx:", "a second document begins here"),
    Case("Y4 unknown", S, b"x:", b"stirde: 1\nx:", ":2:1: unknown key 'stirde'"),
    Case("Y4 typo", C + b"stride: 1\n", b"stride", b"strid", "unknown key 'strid'; did you mean 'stride'?"),
    Case("Y4 other name", C + b"pad: 1\n", b"pad", b"padding", "nncalc calls it 'pad'"),
    Case("Y4 inner", P, b"kernel", b"kernal", ":3:30: layers[1].conv: unknown key 'kernal'; did you mean 'kernel'?"),
    Case("Y4 no text", S, b"x:", b"[1]: 2\nx:", "want a name as key"),
    Case("Y4 empty", S, b"x:", b"'': 2\nx:", "a key is empty"),
    Case("Y5 no", S, b"1]", b"no]", "want a number, got no (write a number)"),
    Case("Y5 sexagesimal", S, b"1]", b"1:30]", "a colon makes no number"),
    Case("Y5 many sexagesimals", S, b"1]", b"1" + b":1" * 200_000 + b"]", "want a number"),
    Case("Y5 octal", S, b"1]", b"010]", "write 10 without the leading zero"),
    Case("Y5 underscore", S, b"1]", b"1_000]", "write 1000"),
    Case("Y5 quoted", S, b"1]", b"'1']", "write 1 without quotes"),
    Case("Y5 nan", S, b"1]", b".nan]", "want a finite number"),
    Case("Y5 Arabic digit", S, b"1]", "٣]".encode(), "want a number, got the text '٣'"),
    Case("Y5 full width", S, b"1]", "１]".encode(), "want a number"),
    Case("Y5 date", S, b"1]", b"2024-01-01]", "looks like a date"),
    Case("Y5 comma", S, b"1]", b"'0,5']", "want a number, got '0,5'"),
    Case("Y5 whole", C + b"stride: 2\n", b"stride: 2", b"stride: 2.0", "got 2.0 (write 2)"),
    Case("Y5 yes", C + b"flip: yes\n", b"yes", b"on", "flip: want true or false, got on"),
    Case("Y5 huge", S, b"1]", b"0x" + b"f" * 10_000 + b"]", "want a number"),
    Case("Y5 null", S, b"1]", b"~]", "want a number, got ~"),
    # N: numbers and shapes
    Case("N1 ragged", C, b"[3, 4]", b"[3]", "image[2]: has 1 number, but the first row has 2 numbers"),
    Case("N1 empty", C, b"[[1]]", b"[]", "an empty list has no numbers"),
    Case("N1 broadcast", R + b"b_h: [1, 2]\n", b"b_h: [1, 2]", b"b_h: [1]", "'hidden' is 1, but 2 in W_xh"),
    Case("N1 scalar", R + b"b_h: [1, 2]\n", b"b_h: [1, 2]", b"b_h: x", "b_h: want an array (hidden), got x"),
    Case("N2 overflow", S, b"[2", b"[800", "e[1] = exp(800) is not a finite number (add stable: true)"),
    Case("N2 too large", S, b"[2", b"[1e999", "want a number below 1.8e308"),
    Case("N2 logarithm", G, b"x*y", b"ln(x - y)", "is not a finite number"),
    # X: expressions
    Case("X1 code", G, b"x*y", b"x.__class__*y", "'.' has no meaning here"),
    Case("X1 call", G, b"x*y", b"exec(x)*y", "there is no function 'exec'"),
    Case("X1 foreign name", G, b"x*y", "x*y + ｘ".encode(), "has no meaning here"),
    Case("X2 power tower", S, b"1]", b"9**9**9**9]", "is too large"),
    Case("X2 domain", S, b"1]", b"sqrt(-1)]", ":2:8: x[2]: want a number, got the text 'sqrt(-1)': sqrt(-1) has no value"),
    Case("X2 complex", S, b"1]", b"(-4)**0.5]", "has no value"),
    Case("X3 product", G, b"x*y", b"2x*y", ":2:8: expr: an operator is missing (write 2*x)"),
    Case("X3 times", G, b"x*y", b"x%y", "no remainder"),
    Case("X3 square", G, b"x*y", "x²y".encode(), "an operator is missing (write 2*y)"),
    Case("X3 caret", S, b"1]", b"2**-1 +]", "something is missing at the end"),
    # L: limits
    Case("L1 nodes", S, b"x:", b"".join(b"k%d: 1\n" % i for i in range(50_001)) + b"x:", "nodes (aliases counted each time), the limit"),
    Case("L1 expression", G, b"x*y", b"x*y" + b"+x" * 1000, "is longer than 2000 characters, the limit"),
    Case("L1 expression depth", G, b"x*y", b"(" * 101 + b"x*y" + b")" * 101, "nested deeper than 100 levels, the limit"),
    Case("L1 names", G, b"x*y", b"+".join(b"x%d" % i for i in range(201)), "has more than 200 names, the limit"),
    Case("L1 array", S, b"[2, 1]", b"[" + b"1," * 200_000 + b"1]", "x: holds more than 200000 numbers, the limit (--limit array=N"),
    Case("L1 padding", C + b"pad: 1\n", b"pad: 1", b"pad: 1000000000", "from 0 to 1000000, got 1000000000 (--limit integer=N"),
    Case("L1 padded", C + b"pad: 1\n", b"pad: 1", b"pad: 100000", "pad: needs an array of 1 x 200002 x 200002 = 40000800004 numbers (320 GB); the limit is 200000"),
    Case("L1 encodings", b"topic: posenc\nd_model: 4\npositions: 4\n", b"d_model: 4", b"d_model: 1000000000000", "d_model: want a whole number from 1 to 1000000"),
    Case("L1 digits", S, b"1]", b"1" * 401 + b"]", "a number of at most 400 digits"),
    Case("L1 name", S, b"x:", b"k" * 65 + b": 1\nx:", "is longer than 64 characters, the limit"),
    Case("L1 title", S + b"title: ok\n", b"ok", b"o" * 601, "title: is longer than 600 characters, the limit"),
    # M and T: messages
    Case("M3 topic", S, b"softmax", b"sofmax", "did you mean softmax?"),
    Case("M3 missing", S, b"x: [2, 1]\n", b"", "'x' is missing"),
    Case("M3 shapes", R, b"[[1, 0], [0, 1]]", b"[[1, 0, 0], [0, 1, 0], [0, 0, 1]]", "W_hh: is 3 x 3: its 'hidden' is 3, but 2 in W_xh"),
    Case("M5 no echo", S, b"1]", b"'" + b"secret" * 40 + b"']", "got 'secretsecretsecretsecretsecretsecretsecretsecretsecretsecre…'"),
    Case("T1 bidi", S, b"1]", "a\u202eb]".encode(), "want a number, got the text 'a\\u202eb'"),
    Case("T1 escape", S, b"1]", b'"\\x1b[2J"]', "want a number, got '\\x1b[2J'"),
    Case("T3 new line", S, b"1]", b'"a\\nnncalc: PASSED"]', "got 'a\\x0anncalc: PASSED'"),
    Case("T2 markup", S, b"1]", b'"[red]:skull:[/]"]', "got '[red]:skull:[/]'"),
]  # fmt: skip
