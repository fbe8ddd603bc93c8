"""The ready problems of `formulas`, worked again with NumPy alone: what their keys say, by the names of the steps.

Gradients are written out as one derives them by hand; nothing here knows nncalc.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from mistakes import sig, soft

Worked = dict[str, Any]


def a(*rows: Any) -> Any:
    """An array of these."""
    return np.array(rows, dtype=float)


def own_loss() -> Worked:
    p, t, c = a(0.9, -0.2, 1.7), a(1, 0.3, 0.5), a(1, 2, 0.5)
    term = np.log(np.cosh(p - t))
    return {"d": p - t, "term": term, "L": (c * term).sum() / 3, "dL/dp": c * np.tanh(p - t) / 3}


def own_layer() -> Worked:
    W, V = a([0.5, -0.3, 0.2], [0.1, 0.4, -0.6]), a([0.2, 0.7, -0.1], [-0.5, 0.3, 0.8])
    b, x, t = a(0.1, -0.2), a(1, 0.5, -1), a(0.5, 0)
    u, g = W @ x + b, sig(V @ x)
    dy = u * g - t
    dV = dy * u * g * (1 - g)
    return {
        "u": u, "g": g, "y": u * g, "L": (dy**2).sum() / 2, "dL/dW": np.outer(dy * g, x), "dL/dV": np.outer(dV, x),
        "dL/db": dy * g, "dL/dx": W.T @ (dy * g) + V.T @ dV,
    }  # fmt: skip


def hebb() -> Worked:
    w, b, found = a(0, 0), 0.0, {}
    for k, (x, t) in enumerate(zip(a([1, 1], [1, -1], [-1, 1], [-1, -1]), (1, -1, -1, -1), strict=True), 1):
        w, b = w + t * x, b + t
        found |= {f"s{k}.w_new": w, f"s{k}.b_new": b}
    return found


def hopfield_recall() -> Worked:
    P, s = a([1, -1, 1, -1, 1, 1], [1, 1, 1, -1, -1, -1]), a(1, -1, 1, 1, 1, 1)
    W = sum(np.outer(p, p) for p in P) / 6
    np.fill_diagonal(W, 0)
    found: Worked = {"E": -0.5 * s @ W @ s, "h": W @ s}
    for name in ("s1", "s2"):
        h = W @ s
        s = np.where(np.abs(h) < 1e-12, s, np.sign(h))
        found[name] = s
    return found | {"h1": W @ found["s1"], "E2": -0.5 * s @ W @ s, "overlap": P @ s / 6}


def adaline() -> Worked:
    w, b, found, errors = a(0.1, 0.1), 0.1, {}, []
    for e in (1, 2):
        for k, (x, t) in enumerate(zip(a([1, 1], [1, -1], [-1, 1], [-1, -1]), (1, 1, 1, -1), strict=True), 1):
            d = t - (w @ x + b)
            w, b = w + 0.1 * d * x, b + 0.1 * d
            errors.append(d**2)
            found |= {f"e{e}.s{k}.d": d, f"e{e}.s{k}.w_new": w, f"e{e}.s{k}.b_new": b}
    return found | {"total": sum(errors)}


def lms_step() -> Worked:
    w, x = a(0.5, -0.2, 0.1), a(1, 2, -1)
    e = 1 - w @ x
    new = w + 0.05 * e * x
    return {"y": w @ x, "e_1": e, "L": e**2 / 2, "dL/dw": -e * x, "w_new": new, "e_2": 1 - new @ x}


def rbf_xor() -> Worked:
    X, t = a([0, 0], [0, 1], [1, 0], [1, 1]), a(0, 1, 1, 0)
    G = np.stack([np.exp(-((X - 1) ** 2).sum(1)), np.exp(-(X**2).sum(1)), np.ones(4)], axis=1)
    w = np.linalg.lstsq(G, t, rcond=None)[0]
    return {"G": G, "w": w}


def k_means_round() -> Worked:
    X = a([1, 1], [1.5, 2], [3, 4], [5, 7], [3.5, 5], [4.5, 5])
    d = np.stack([((X - m) ** 2).sum(1) for m in (a(1, 1), a(5, 7))])
    first = d[0] <= d[1]
    return {
        "d1": d[0][:, None], "d2": d[1][:, None], "to1": first[:, None] * 1, "m1_new": X[first].mean(0),
        "m2_new": X[~first].mean(0), "cost": d.min(0).sum(),
    }  # fmt: skip


def som_update() -> Worked:
    units, found = [a(0.2, 0.6, 0.5, 0.9), a(0.8, 0.4, 0.7, 0.3)], {}
    for k, x in enumerate(a([1, 1, 0, 0], [0, 0, 0, 1]), 1):
        d = [((x - w) ** 2).sum() for w in units]
        best = int(np.argmin(d))
        units[best] = units[best] + 0.6 * (x - units[best])
        found |= {f"s{k}.d1": d[0], f"s{k}.d2": d[1], f"s{k}.w1_new": units[0], f"s{k}.w2_new": units[1]}
    return found


def pagerank() -> Worked:
    links, r, found = {0: [1, 2, 3], 1: [2, 3], 2: [0], 3: [0, 2]}, [0.25] * 4, {}
    for k in (1, 2, 3):
        new = [0.15 / 4] * 4
        for page, to in links.items():
            for other in to:
                new[other] += 0.85 * r[page] / len(to)
        found |= {f"r{k}.r_new": new, f"r{k}.change": sum(abs(p - q) for p, q in zip(new, r, strict=True))}
        r = new
    return found


def gcn_layer() -> Worked:
    A = a([0, 1, 0, 0], [1, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]) + np.eye(4)
    X, W, T = a([1, 0], [0, 1], [1, 1], [-1, 0.5]), a([0.5, -0.4], [0.3, 0.8]), a([0, 0], [0, 1], [1, 0], [0, 0])
    d = A.sum(1)
    S = A / np.sqrt(np.outer(d, d))
    Z = S @ X @ W
    H = np.maximum(Z, 0)
    return {"d": d, "S": S, "M": S @ X, "H": H, "L": ((H - T) ** 2).sum() / 2, "dL/dW": (S @ X).T @ ((H - T) * (Z > 0))}


def contrastive_loss() -> Worked:
    A, B, found, losses = a([0.5, 1.2], [0.3, 0.4]), a([0.1, 0.9], [0.7, 0.1]), {}, []
    for k, (u, v, same) in enumerate(zip(A, B, (True, False), strict=True), 1):
        D = np.sqrt(((u - v) ** 2).sum())
        losses.append(D**2 / 2 if same else max(0, 1 - D) ** 2 / 2)
        slope = u - v if same else -max(0, 1 - D) * (u - v) / D
        found |= {f"s{k}.D": D, f"s{k}.L": losses[-1], f"s{k}.dL/da": slope, f"s{k}.dL/db": -slope}
    return found | {"total": sum(losses)}


def triplet_loss() -> Worked:
    u, p, n = a(0.8, 0.6), a(0.6, 0.8), a(1, 0)
    near, far = ((u - p) ** 2).sum(), ((u - n) ** 2).sum()
    return {
        "d_p": near, "d_n": far, "L": near - far + 0.4, "dL/da": 2 * (n - p), "dL/dp": -2 * (u - p),
        "dL/dn": 2 * (u - n),
    }  # fmt: skip


def info_nce() -> Worked:
    q, K = a(3, 4), a([4, 3], [1, 0], [-3, 4], [0, -2])
    V = K / np.sqrt((K**2).sum(1, keepdims=True))
    u = q / 5
    p = soft(V @ u / 0.5)
    du = V.T @ (p - a(1, 0, 0, 0)) / 0.5
    return {"s": V @ u / 0.5, "p": p, "L": -np.log(p[0]), "dL/ds": p - a(1, 0, 0, 0), "dL/dq": (du - (du @ u) * u) / 5}


def gaussian_kl() -> Worked:
    mu, logvar = a(1, -0.5), a(0, 0.6)
    term = (mu**2 + np.exp(logvar) - 1 - logvar) / 2
    return {"term": term, "KL": term.sum(), "dKL/dmu": mu, "dKL/dlogvar": (np.exp(logvar) - 1) / 2}


def dice() -> Worked:
    p, t = a([0.9, 0.6, 0.1], [0.8, 0.3, 0.2]), a([1, 1, 0], [1, 0, 0])
    shared, both = 0.9 + 0.6 + 0.8, p.sum() + 3
    return {"shared": shared, "D": 2 * shared / both, "L": 1 - 2 * shared / both,
            "dL/dp": -2 * t / both + 2 * shared / both**2}  # fmt: skip


def lora() -> Worked:
    W, A, B = a([0.2, -0.5, 0.3], [0.7, 0.1, -0.4]), a([0.1, 0.2, -0.3]), a([0.5], [-0.2])
    x, t = a(1, 2, -1), a(0, 1)
    y = W @ x + 2 * (B @ (A @ x))
    dA, dB = 2 * np.outer(B.T @ (y - t), x), 2 * np.outer(y - t, A @ x)
    return {
        "W1": W + 2 * B @ A, "y": y, "L": ((y - t) ** 2).sum() / 2, "dL/dA": dA, "dL/dB": dB,
        "A_new": A - 0.1 * dA, "B_new": B - 0.1 * dB,
    }  # fmt: skip


def dropout_mask() -> Worked:
    x, m, g = a(0.5, -1, 2, 1.5, 0.8), a(1, 0, 1, 1, 0), a(0.2, 0.4, -0.1, 0.3, 0.5)
    return {"y": x * m / 0.6, "L": (g * x * m / 0.6).sum(), "dL/dy": g, "dL/dx": g * m / 0.6}


def rotary_pair() -> Worked:
    q, k = complex(1, 0.5), complex(0.3, -0.8)
    turned = q * np.exp(1.5j), k * np.exp(0.5j)
    S = (turned[0] * turned[1].conjugate()).real
    return {"q_rot": [turned[0].real, turned[0].imag], "k_rot": [turned[1].real, turned[1].imag], "S": S, "S_2": S,
            "dS/dq": [(k * np.exp(-1j)).real, (k * np.exp(-1j)).imag]}  # fmt: skip


def cosine_schedule() -> Worked:
    t = a(0, 2, 5, 8, 10)
    return {"rate": 0.001 + 0.099 * np.cos(np.pi * t / 20) ** 2}


def step_schedule() -> Worked:
    return {
        "k": a(0, 0, 1, 1, 2),
        "rate_step": a(0.1, 0.1, 0.05, 0.05, 0.025),
        "rate_exp": [0.1 * 0.9**t for t in range(5)],
    }


def nesterov_lookahead() -> Worked:
    w, v, found = a(4, 1), a(0, 0), {}
    for k in (1, 2, 3):
        ahead = w + 0.9 * v
        v = 0.9 * v - 0.1 * a(2, 4) * ahead
        w = w + v
        found |= {f"r{k}.df/dahead": a(2, 4) * ahead, f"r{k}.v_new": v, f"r{k}.w_new": w}
    return found


def newton_step() -> Worked:
    x, H, c = a(3, -1), a([4, 1], [1, 2]), a(1, 1)
    best = np.linalg.solve(H, c)
    return {
        "f": x @ H @ x / 2 - c @ x, "df/dx": H @ x - c, "x_new": best, "f_new": -best @ c / 2, "dh/du": np.exp(2) - 3,
        "u_new": 2 - (np.exp(2) - 3) / np.exp(2),
    }  # fmt: skip


def q_learning() -> Worked:
    Q, found = a([0, 0.5], [1, 0.2], [0, 0]), {}
    for k, (s, action, reward, after) in enumerate(((1, 2, 0, 2), (2, 1, 1, 3), (1, 2, -1, 2)), 1):
        delta = reward + 0.9 * Q[after - 1].max() - Q[s - 1, action - 1]
        Q = Q.copy()
        Q[s - 1, action - 1] += 0.5 * delta
        found |= {f"s{k}.best": Q[after - 1].max(), f"s{k}.delta": delta, f"s{k}.Q_new": Q}
    return found


def gan_losses() -> Worked:
    x, G, w = a(1, 0.5), a(0.6, -0.4), a(0.7, -0.3)
    fake = 0.8 * G
    real, false = sig(w @ x + 0.1), sig(w @ fake + 0.1)
    return {
        "D_real": real, "D_fake": false, "L_D": -np.log(real) - np.log(1 - false), "L_G": -np.log(false),
        "dL_D/dw": (real - 1) * x + false * fake, "dL_D/db": real - 1 + false, "dL_G/dG": (false - 1) * w * 0.8,
    }  # fmt: skip


def vae_step() -> Worked:
    x, noise = a(1, 0.5), a(0.5, -1)
    W_m, W_v, W_d = a([0.4, -0.2], [0.1, 0.3]), a([0.2, 0.1], [-0.3, 0.2]), a([0.5, 0.6], [-0.4, 0.3])
    mu, logvar = W_m @ x, W_v @ x
    spread = np.exp(logvar / 2) * noise
    z = mu + spread
    off = W_d @ z - x
    KL = (mu**2 + np.exp(logvar) - 1 - logvar).sum() / 2
    dz = W_d.T @ off
    dW_m = np.outer(dz + mu, x)
    return {
        "z": z, "x_hat": W_d @ z, "rec": (off**2).sum() / 2, "KL": KL, "L": (off**2).sum() / 2 + KL,
        "dL/dW_m": dW_m, "dL/dW_v": np.outer(dz * spread / 2 + (np.exp(logvar) - 1) / 2, x), "dL/dW_d": np.outer(off, z),
        "W_m_new": W_m - 0.1 * dW_m,
    }  # fmt: skip


def squeeze_excite() -> Worked:
    X, W1, W2 = a([1, 2, 0, 1], [0, -1, 1, 2], [3, 1, 2, 2]), a(0.5, -0.2, 0.3), a(0.8, -0.5, 1)
    s = X.mean(1)
    h = max(0, W1 @ s)
    g = sig(W2 * h)
    Y = X * g[:, None]
    dg = 2 * (X**2).sum(1) * g * g * (1 - g)
    return {
        "s": s[:, None], "a": [[h]], "g": g[:, None], "Y": Y, "L": (Y**2).sum(), "dL/dW1": [(dg @ W2) * s],
        "dL/dW2": (dg * h)[:, None],
    }  # fmt: skip


def word2vec() -> Worked:
    v, u, N = a(0.5, -0.2, 0.3), a(0.4, 0.1, -0.3), a([-0.2, 0.5, 0.1], [0.3, 0.3, 0.6])
    s, n = u @ v, N @ v
    dv, du, dN = (sig(s) - 1) * u + sig(n) @ N, (sig(s) - 1) * v, np.outer(sig(n), v)
    return {
        "s": s, "n": n, "L": np.log1p(np.exp(-s)) + np.log1p(np.exp(n)).sum(), "dL/dv": dv, "dL/du": du, "dL/dN": dN,
        "v_new": v - 0.5 * dv, "u_new": u - 0.5 * du, "N_new": N - 0.5 * dN,
    }  # fmt: skip


def kalman_gain() -> Worked:
    place, speed, pp, ps, ss, found = 0.0, 1.0, 1.0, 0.0, 1.0, {}
    for k, z in enumerate((1.2, 1.9, 3.2), 1):
        place, pp, ps, ss = place + speed, pp + 2 * ps + ss + 0.1, ps + ss, ss + 0.1
        K = pp / (pp + 0.5), ps / (pp + 0.5)
        off = z - place
        place, speed = place + K[0] * off, speed + K[1] * off
        pp, ps, ss = (1 - K[0]) * pp, (1 - K[0]) * ps, ss - K[1] * ps
        found |= {f"s{k}.K": K, f"s{k}.x_new": [place, speed], f"s{k}.P_new": [[pp, ps], [ps, ss]]}
    return found


def logistic_regression() -> Worked:
    w, b, found, losses = a(0, 0), 0.0, {}, []
    X = a([1, 2], [2, 1], [-1, 1])
    for k, (x, t) in enumerate(zip(X, (1, 0, 1), strict=True), 1):
        p = sig(w @ x + b)
        losses.append(-np.log(p if t else 1 - p))
        w, b = w - 0.5 * (p - t) * x, b - 0.5 * (p - t)
        found |= {f"s{k}.p": p, f"s{k}.L": losses[-1], f"s{k}.dL/dw": (p - t) * x, f"s{k}.w_new": w, f"s{k}.b_new": b}
    return found | {"total": sum(losses), "P": sig(X @ w + b)}


def adadelta() -> Worked:
    w, s, d, found = a(1, -2), a(0, 0), a(0, 0), {}
    for k in (1, 2, 3):
        g = a(2, 1) * w
        s = 0.9 * s + 0.1 * g * g
        step = -g * np.sqrt((d + 0.01) / (s + 0.01))
        d = 0.9 * d + 0.1 * step * step
        w = w + step
        found |= {f"r{k}.s_new": s, f"r{k}.step": step, f"r{k}.d_new": d, f"r{k}.w_new": w}
    return found


def adamax() -> Worked:
    w, m, u, found = a(1, -2), a(0, 0), a(0, 0), {}
    for k in (1, 2, 3):
        g = a(2, 1) * w
        m, u = 0.9 * m + 0.1 * g, np.maximum(0.99 * u, np.abs(g))
        w = w - 0.1 / (1 - 0.9**k) * m / u
        found |= {f"r{k}.dL/dw": g, f"r{k}.m_new": m, f"r{k}.u_new": u, f"r{k}.w_new": w}
    return found


def recurrence() -> Worked:
    W_x, W_h, w_y, b = a([0.5, -0.3], [0.2, 0.4]), a([0.1, 0.3], [-0.2, 0.2]), a(1, -1), a(0.1, 0)
    X, T = a([1, 0], [0.5, -1], [-1, 2]), (0.5, 0, -0.5)
    hs = [a(0, 0)]
    for x in X:
        hs.append(np.tanh(W_x @ x + W_h @ hs[-1] + b))
    off = [w_y @ h - t for h, t in zip(hs[1:], T, strict=True)]
    dW_x, dW_h, dw_y, db, back = 0 * W_x, 0 * W_h, 0 * w_y, 0 * b, a(0, 0)
    for k in (2, 1, 0):
        dz = (off[k] * w_y + back) * (1 - hs[k + 1] ** 2)
        dW_x, dW_h, db = dW_x + np.outer(dz, X[k]), dW_h + np.outer(dz, hs[k]), db + dz
        dw_y, back = dw_y + off[k] * hs[k + 1], W_h.T @ dz
    found: Worked = {f"s{k}.h_new": hs[k] for k in (1, 2, 3)} | {f"s{k}.E": off[k - 1] ** 2 / 2 for k in (1, 2, 3)}
    return found | {"L": sum(e * e / 2 for e in off), "dL/dW_x": dW_x, "dL/dW_h": dW_h, "dL/dw_y": dw_y, "dL/db": db}


BY_HAND: dict[str, Callable[[], Worked]] = {
    work.__name__.replace("_", "-"): work
    for work in (
        own_loss, own_layer, hebb, hopfield_recall, adaline, lms_step, rbf_xor, k_means_round, som_update, pagerank,
        gcn_layer, contrastive_loss, triplet_loss, info_nce, gaussian_kl, dice, lora, dropout_mask, rotary_pair,
        cosine_schedule, step_schedule, nesterov_lookahead, newton_step, q_learning, gan_losses, vae_step,
        squeeze_excite, word2vec, kalman_gain, logistic_regression, adadelta, adamax, recurrence,
    )
}  # fmt: skip
