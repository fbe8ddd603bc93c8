"""Networks of a problem file as PyTorch modules, made and run layer by layer on tensors without data.

What they learn is what PyTorch's own modules hold; multiply-adds come from the sizes of what they give. Images are
turned to channels first here; nothing of nncalc is used.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Layer = Any


# The fields that are made into modules below; a layer with others is not.
KNOWS = {
    "conv": "filters kernel stride pad dilation groups bias", "depthwise": "kernel stride pad dilation multiplier bias",
    "transposed_conv": "filters kernel stride pad output_pad dilation groups bias", "max_pool": "window stride pad ceil",
    "avg_pool": "window stride pad ceil", "adaptive_avg_pool": "output", "upsample": "scale", "pad_channels": "to", "dense": "units bias",
    "dropout": "rate", "leaky_relu": "alpha", "layer_norm": "bias", "group_norm": "groups", "learned": "shape", "embedding": "vocabulary dim",
    "positions": "count dim", "tied": "to bias", "rnn": "hidden layers bidirectional biases outputs", "attention": "heads kv_heads head_dim bias memory",
    "feed_forward": "hidden activation gated bias", "moe": "experts active layers bias", "patches": "size dim", "repeat": "times layers",
    "residual": "layers projection", "parallel": "branches join", "concat_with": "layer",
}  # fmt: skip
KNOWS |= {"gru": KNOWS["rnn"], "lstm": KNOWS["rnn"]}
BIASES = {"none": 0, "one": 1, "two": 2}
NOTHING = ("relu", "relu6", "tanh", "sigmoid", "silu", "gelu", "softmax", "dropout", "identity", "leaky_relu")


def pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


def sides(pad: Any, x: Tensor, kernel: Any, stride: Any, dilation: Any) -> list[int]:
    """The zeros left, right, above and below, as F.pad wants them; `same` as TensorFlow has it."""
    if pad == "same":
        out = []
        for n, f, s, d in zip(x.shape[2:], kernel, stride, dilation, strict=True):
            missing = max((-(-n // s) - 1) * s + d * (f - 1) + 1 - n, 0)
            out.append((missing // 2, missing - missing // 2))
        return [*out[1], *out[0]]
    if isinstance(pad, list) and len(pad) == 4:
        return [pad[1], pad[3], pad[0], pad[2]]
    height, width = (0, 0) if pad == "valid" else pair(pad)
    return [width, width, height, height]


class Run:
    """What has been made so far, what it takes, and what named layers gave."""

    def __init__(self) -> None:
        self.modules: list[nn.Module] = []
        self.free = 0
        self.macs = 0
        self.given: dict[str, Any] = {}
        self.tables: dict[str, nn.Module] = {}

    @property
    def params(self) -> int:
        return self.free + sum(p.numel() for m in self.modules for p in m.parameters())

    @property
    def statistics(self) -> int:
        return sum(b.numel() for m in self.modules for b in m.buffers() if b.dim())

    def made(self, module: nn.Module) -> Any:
        self.modules.append(module.to("meta"))
        return module

    def linear(self, x: Tensor, out: int, bias: bool) -> Tensor:
        y: Tensor = self.made(nn.Linear(x.shape[-1], out, bias, device="meta"))(x)
        self.macs += y.numel() * x.shape[-1]
        return y

    def product(self, a: Tensor, b: Tensor) -> Tensor:
        y = a @ b
        self.macs += y.numel() * a.shape[-1]
        return y

    def all(self, layers: list[Layer], x: Tensor) -> Tensor:
        for layer in layers:
            kind, fields = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
            if {*fields} - {"name", *KNOWS.get(kind, "").split()}:
                raise NotImplementedError(layer)
            x = getattr(self, f"do_{kind}", self.do_nothing)(x, dict(fields), kind)
            if "name" in fields:
                self.given[fields["name"]] = x
        return x

    def do_nothing(self, x: Tensor, _: Any, kind: str) -> Tensor:
        if kind not in NOTHING:
            raise NotImplementedError(kind)
        return x

    def do_conv(self, x: Tensor, f: Any, kind: str) -> Tensor:
        if x.dim() != 4:
            raise NotImplementedError("a convolution in one dimension")
        kernel, stride, dilation = (pair(f.get(name, 1)) for name in ("kernel", "stride", "dilation"))
        x = F.pad(x, sides(f.get("pad", 0), x, kernel, stride, dilation))
        m = self.made(
            nn.Conv2d(
                x.shape[1],
                f["filters"],
                kernel,
                stride,
                0,
                dilation,
                f.get("groups", 1),
                f.get("bias", True),
                device="meta",
            )
        )
        y: Tensor = m(x)
        self.macs += y.numel() * m.weight[0].numel()
        return y

    def do_depthwise(self, x: Tensor, f: Any, kind: str) -> Tensor:
        many = f.pop("multiplier", 1) * x.shape[1]
        return self.do_conv(x, {**f, "filters": many, "groups": x.shape[1]}, kind)

    def do_transposed_conv(self, x: Tensor, f: Any, kind: str) -> Tensor:
        if f.get("pad") == "same":
            raise NotImplementedError("same")
        m = self.made(nn.ConvTranspose2d(
            x.shape[1], f["filters"], f["kernel"], f.get("stride", 1), f.get("pad", 0), f.get("output_pad", 0),
            f.get("groups", 1), f.get("bias", True), f.get("dilation", 1), device="meta"))  # fmt: skip
        self.macs += x.numel() * m.weight[0].numel()
        return m(x)

    def do_max_pool(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return F.max_pool2d(x, f["window"], f.get("stride"), f.get("pad", 0), ceil_mode=f.get("ceil", False))

    def do_avg_pool(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return F.avg_pool2d(x, f["window"], f.get("stride"), f.get("pad", 0), ceil_mode=f.get("ceil", False))

    def do_adaptive_avg_pool(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return F.adaptive_avg_pool2d(x, f["output"])

    def do_global_avg_pool(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return x.mean((2, 3)) if x.dim() == 4 else x.mean(1)

    def do_upsample(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return F.interpolate(x, scale_factor=pair(f["scale"]))

    def do_pad_channels(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return F.pad(x, [0, 0, 0, 0, 0, f["to"] - x.shape[1]])

    def do_flatten(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return x.flatten(1)

    def do_dense(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return self.linear(x, f["units"], f.get("bias", True))

    def do_batch_norm(self, x: Tensor, f: Any, kind: str) -> Tensor:
        channels = x.shape[1]
        return self.made(nn.BatchNorm2d(channels, device="meta").eval())(x)

    def do_layer_norm(self, x: Tensor, f: Any, kind: str) -> Tensor:
        last = x.movedim(1, -1) if x.dim() == 4 else x
        y: Tensor = self.made(nn.LayerNorm(last.shape[-1], bias=f.get("bias", True), device="meta"))(last)
        return y.movedim(-1, 1) if x.dim() == 4 else y

    def do_group_norm(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return self.made(nn.GroupNorm(f["groups"], x.shape[1], device="meta"))(x)

    def do_rms_norm(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return self.made(nn.RMSNorm(x.shape[-1], device="meta"))(x)

    def do_learned(self, x: Tensor, f: Any, kind: str) -> Tensor:
        self.free += torch.empty(f["shape"], device="meta").numel()
        return x

    def do_embedding(self, x: Tensor, f: Any, kind: str) -> Tensor:
        table = self.made(nn.Embedding(f["vocabulary"], f["dim"], device="meta"))
        self.tables[f.get("name", "")] = table
        return table(x)

    def do_positions(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return x + self.made(nn.Embedding(f["count"], x.shape[-1], device="meta")).weight[: x.shape[1]]

    def do_tied(self, x: Tensor, f: Any, kind: str) -> Tensor:
        y = self.product(x, self.tables[f["to"]].weight.T)
        self.free += y.shape[-1] if f.get("bias") else 0
        return y

    def do_recurrent(self, x: Tensor, f: Any, kind: str) -> Tensor:
        biases, outputs = f.get("biases", "one"), f.get("outputs", "all")
        biases, vector = BIASES.get(biases, biases), x.dim() == 2
        x = x[:, None] if vector else x
        options = {
            "num_layers": f.get("layers", 1),
            "bidirectional": f.get("bidirectional", False),
            "batch_first": True,
        }
        cell = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind]
        m = self.made(cell(x.shape[-1], f["hidden"], bias=biases == 2, **options, device="meta"))
        if biases == 1:
            self.free += sum(p.shape[0] for name, p in m.named_parameters() if name.startswith("weight_hh"))
        self.macs += x.shape[0] * x.shape[1] * sum(p.numel() for n, p in m.named_parameters() if n.startswith("weight"))
        y = x.new_empty((*x.shape[:2], f["hidden"] * (1 + options["bidirectional"])))
        return y[:, -1] if vector or outputs == "last" else y

    do_rnn = do_gru = do_lstm = do_recurrent

    def do_attention(self, x: Tensor, f: Any, kind: str) -> Tensor:
        source = self.given[f["memory"]] if "memory" in f else x
        h, bias = f["heads"], f.get("bias", True)
        d, g = f.get("head_dim", x.shape[-1] // h), f.get("kv_heads", h)
        q = self.linear(x, h * d, bias).unflatten(-1, (h, d)).movedim(1, 2)
        k, v = (self.linear(source, g * d, bias).unflatten(-1, (g, d)).movedim(1, 2) for _ in "kv")
        k, v = (y.repeat_interleave(h // g, 1) for y in (k, v))
        return self.linear(self.product(self.product(q, k.mT), v).movedim(1, 2).flatten(2), x.shape[-1], bias)

    def do_feed_forward(self, x: Tensor, f: Any, kind: str) -> Tensor:
        up = self.linear(x, f["hidden"], f.get("bias", True))
        if f.get("gated") or f.get("activation") == "swiglu":
            up = up * self.linear(x, f["hidden"], f.get("bias", True))
        return self.linear(up, x.shape[-1], f.get("bias", True))

    def do_moe(self, x: Tensor, f: Any, kind: str) -> Tensor:
        self.linear(x, f["experts"], f.get("bias", False))
        for expert in range(f["experts"]):
            before = self.macs
            y = self.all(f["layers"], x)
            self.macs = self.macs if expert < f["active"] else before
        return y

    def do_patches(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return self.do_conv(x, {"filters": f["dim"], "kernel": f["size"], "stride": f["size"]}, kind).flatten(2).mT

    def do_class_token(self, x: Tensor, f: Any, kind: str) -> Tensor:
        self.free += x.shape[-1]
        return F.pad(x, [0, 0, 1, 0])

    def do_first_token(self, x: Tensor, f: Any, kind: str) -> Tensor:
        return x[:, 0]

    def do_repeat(self, x: Tensor, f: Any, kind: str) -> Tensor:
        for _ in range(f["times"]):
            x = self.all(f["layers"], x)
        return x

    def do_residual(self, x: Tensor, f: Any, kind: str) -> Tensor:
        y = self.all(f["layers"], x)
        if not isinstance(f.get("projection", []), list):
            raise NotImplementedError(f)
        return y + self.all(f.get("projection", []), x)

    def do_parallel(self, x: Tensor, f: Any, kind: str) -> Tensor:
        ys = [self.all(branch if isinstance(branch, list) else [branch], x) for branch in f["branches"]]
        if f.get("join", "concat") == "concat":
            return torch.cat(ys, 1 if x.dim() == 4 else -1)
        if f["join"] == "add":
            return sum(ys[1:], ys[0])
        return ys[0] * ys[1][..., None, None] if ys[0].dim() > ys[1].dim() else ys[0] * ys[1]

    def do_concat_with(self, x: Tensor, f: Any, kind: str) -> Tensor:
        skip = self.given[f["layer"]]
        top, left = (skip.shape[2] - x.shape[2]) // 2, (skip.shape[3] - x.shape[3]) // 2
        return torch.cat([skip[:, :, top : top + x.shape[2], left : left + x.shape[3]], x], 1)


def torch_run(page: dict[str, Any]) -> tuple[Run, list[int]]:
    """A problem's network: the run, and the size of what goes out with channels last."""
    shape = page.get("input_shape") or [1]
    embedded = "embedding" in str(page["layers"][0])
    if embedded:
        x = torch.zeros((1, shape[0]), dtype=torch.long, device="meta")
    else:
        x = torch.empty((1, shape[2], *shape[:2]) if len(shape) == 3 else (1, *shape), device="meta")
    run = Run()
    with torch.no_grad():
        y = run.all(page["layers"], x)
    return run, list((y.movedim(1, -1) if y.dim() == 4 else y).shape[1:])
