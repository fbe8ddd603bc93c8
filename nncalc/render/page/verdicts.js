// What nncalc/marking says of each number of a sheet, by the same rules: beside the exact numbers, then the honestly
// rounded ones, then the student's own. A number that this page cannot work is NaN, and what hangs on it "unknown".
const GUARD = 1e-12, BOUNDARY = 1 + 1e-9, NOISE = 1e-9, MOST_UNITS = 5, A_PART = 0.1, ROUNDS = 6;
const MOST_PLACES = 300, MOST_LOOKED_THROUGH = 400000, FIXED = -1, UNKNOWN = -2, MOVED = 2, ANSWER = 3, OF_ANY_SIZE = 2;
const [RIGHT, ROUNDED, FOLLOWS, PLACES, MISSING, WRONG, UNTOLD] = [0, 1, 2, 3, 4, 5, 6];
const power = places => Number("1e" + -places);
const gap = (a, b) => Math.abs(a - b);

// Numbers as they are written.
const DECIMAL = "[-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)", LITERAL = DECIMAL + "(?:[eE][-+]?[0-9]+)?";
const whole = pattern => new RegExp("^(?:" + pattern + ")$");
const NUMBER = whole(LITERAL), COUNT = whole("[-+]?[0-9]+"), INFINITE = whole("([-+]?)(?:\\.?inf|infinity|∞)");
const PERCENT = whole("(" + DECIMAL + ") ?%"), FRACTION = whole("(" + LITERAL + ") ?/ ?(" + LITERAL + ")");
const POWER = whole("(" + DECIMAL + ") ?[*·×x] ?10 ?(?:\\^|\\*\\*) ?([-+]?[0-9]+|\\([-+]?[0-9]+\\)|{[-+]?[0-9]+})");
const COMMA = whole("([-+]?[0-9]+),([0-9]+(?:[eE][-+]?[0-9]+)?)");
const BLANKS = new RegExp("[\\u00a0\\u2007\\u2009\\u202f]", "g");
const MINUSES = new RegExp("[\\u2212\\u2010-\\u2015\\ufe63\\uff0d]", "g"), SIGN_APART = new RegExp("([-+]) +(?=[0-9.])", "g");
// null: left out; else what was read, `as` being how a sheet has it; without `as` it is no number.
function readNumber(text) {
  const plain = text.replace(BLANKS, " ").replace(MINUSES, "-").trim().replace(SIGN_APART, "$1");
  if (["", "~", "null"].includes(plain)) return null;
  const infinite = INFINITE.exec(plain.toLowerCase()), fraction = FRACTION.exec(plain);
  if (infinite) return { text, as: infinite[1] + "inf", value: infinite[1] === "-" ? -Infinity : Infinity, places: null, digits: 0, isCount: false };
  if (fraction) {
    const value = Number(fraction[1]) / Number(fraction[2]);
    return Number.isFinite(value) ? { text, as: fraction[1] + "/" + fraction[2], value, places: null, digits: 0, isCount: false } : { text };
  }
  const percent = PERCENT.exec(plain), product = POWER.exec(plain), comma = COMMA.exec(plain);
  const literal = NUMBER.test(plain) ? plain : percent ? percent[1] + "e-2"
    : product ? product[1] + "e" + product[2].replace(/[(){}]/g, "") : comma ? comma[1] + "." + comma[2] : "";
  if (!literal || !Number.isFinite(Number(literal))) return { text };
  const [mantissa, exponent] = literal.toLowerCase().replace(/^[-+]+/, "").split("e"), [before, behind = ""] = mantissa.split(".");
  return {
    text, as: literal, value: Number(literal), isCount: COUNT.test(literal),
    places: Math.max(-MOST_PLACES, Math.min(MOST_PLACES, behind.length - Number(exponent ?? 0))),
    digits: (before + behind).replace(/^0+/, "").length,
  };
}

// How formulas are worked.
const nothingLeft = (sum, terms) => Math.abs(sum) < 1e-13 * terms ? 0 : sum;
const isEqual = (a, b) => a === b || gap(a, b) < 1e-13 * (Math.abs(a) + Math.abs(b));
const OPERATORS = {
  add: a => nothingLeft(a.reduce((x, y) => x + y), a.reduce((x, y) => x + Math.abs(y), 0)), negative: a => -a[0],
  times: a => a.reduce((x, y) => x * y), divide: a => a[0] / a[1], power: a => a[0] ** a[1],
  ">": a => Number(a[0] > a[1] && !isEqual(...a)), ">=": a => Number(a[0] >= a[1] || isEqual(...a)),
  "<": a => Number(a[0] < a[1] && !isEqual(...a)), "<=": a => Number(a[0] <= a[1] || isEqual(...a)), "=": a => Number(isEqual(...a)),
  exp: a => Math.exp(a[0]), ln: a => Math.log(a[0]), log10: a => Math.log10(a[0]), log2: a => Math.log2(a[0]), sqrt: a => Math.sqrt(a[0]),
  sin: a => Math.sin(a[0]), cos: a => Math.cos(a[0]), tan: a => Math.tan(a[0]), sinh: a => Math.sinh(a[0]), cosh: a => Math.cosh(a[0]),
  tanh: a => Math.tanh(a[0]), abs: a => Math.abs(a[0]), sign: a => Math.sign(a[0]), floor: a => Math.floor(a[0]), ceil: a => Math.ceil(a[0]),
  sigmoid: a => 1 / (1 + Math.exp(-a[0])), relu: a => Math.max(a[0], 0), max: a => Math.max(...a), min: a => Math.min(...a),
  softplus: a => Math.max(a[0], 0) + Math.log1p(Math.exp(-Math.abs(a[0]))), erf: a => erf(a[0]),
  argmax: a => largestOf(a) + 1, argmin: a => largestOf(a.map(x => -x)) + 1,
};
function erf(x) {  // Abramowitz and Stegun 7.1.6, whose terms all have one sign
  if (!(Math.abs(x) < 6)) return Math.sign(x);
  let term = x, total = x;
  for (let n = 1; term && total + term !== total; n++) total += term *= 2 * x * x / (2 * n + 1);
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * total;
}
function largestOf(sizes) {
  let best = 0;
  sizes.forEach((size, i) => { if (size > sizes[best] && !isEqual(size, sizes[best])) best = i; });
  return sizes.some(Number.isNaN) ? NaN : best;
}
// A skeleton with the choices made that numbers decide; null where they do not.
function closed(x, number) {
  if (typeof x === "number" || x.length < 2) return x;
  const [kind, ...args] = x;
  if (kind === "either") {
    const test = worked(args[0], number);
    return Number.isNaN(test) ? null : closed(args[test ? 1 : 2], number);
  }
  if (kind === "largest") {
    const half = args.length / 2, best = largestOf(args.slice(0, half).map(arg => worked(arg, number)));
    return Number.isNaN(best) ? null : closed(args[half + best], number);
  }
  const inside = args.map(arg => closed(arg, number));
  return inside.includes(null) ? null : [kind, ...inside];
}
function worked(x, number) {
  if (typeof x === "number") return number(x);
  if (x.length < 2) return x[0];
  if (x[0] === "either" || x[0] === "largest") {
    const one = closed(x, number);
    return one === null ? NaN : worked(one, number);
  }
  return OPERATORS[x[0]](x.slice(1).map(arg => worked(arg, number)));
}
// The number that a person reads: 0.3 for 0.30000000000000004.
function asRead(x) {
  if (!/000|999/.test(String(x)) || !Number.isFinite(x)) return x;
  const ulp = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 52);
  for (const [digits, ulps] of [[12, 2], [9, 512]]) {
    const short = Number(x.toPrecision(digits));
    if (gap(short, x) <= ulps * ulp) return short;
  }
  return x;
}

// A problem's data, as nncalc/marking/worksheet.py writes it.
class Working {
  constructor(data) {
    Object.assign(this, data);
    let start = 0;
    this.values = data.values.map(([name, shape, role, kind]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return { name, shape, role, kind, start, end: start += size };
    });
    this.lines = new Map(this.values.map(value => [value.name, value]));
    this.accepted = new Map();  // the words of the further right value that a line has
    this.exact = data.numbers.map(Number);
    this.owner = this.values.flatMap(value => Array(value.end - value.start).fill(value));
    this.made = [];
    for (let at = 0; at < data.cells.length;) {
      const skeleton = data.cells[at++];
      if (skeleton < 0) { this.made.push(skeleton); continue; }
      const [count, shape] = data.skeletons[skeleton];
      this.made.push({ shape, from: data.cells.slice(at, at += count), skeleton });
    }
    const size = x => typeof x === "number" || x.length < 2 ? 1 : x.slice(1).reduce((sum, arg) => sum + size(arg), 1);
    const opens = x => typeof x !== "number" && (["either", "largest"].includes(x[0]) || x.slice(1).some(opens));
    this.sizes = data.skeletons.map(([, shape]) => size(shape));
    this.open = data.skeletons.map(([, shape]) => opens(shape));
  }
  // The problem worked with what `carry` takes from the sheet (null: what was worked).
  run(sheet, carry) {
    const computed = [...this.exact], held = [...this.exact], moved = new Uint8Array(held.length);
    const counts = new Map(this.values.map(value => [value, value.kind > 0])), heldCounts = new Map(counts);
    let any = false;
    for (const value of this.values) {
      for (let at = value.start; at < value.end; at++) {
        const made = this.made[at];
        if (value.kind && made.from?.some(from => this.owner[from].kind && !heldCounts.get(this.owner[from]))) counts.set(value, false);
        if (made === FIXED || (made === UNKNOWN ? !any : !made.from.some(from => moved[from]))) continue;
        computed[at] = held[at] = made === UNKNOWN ? NaN : asRead(worked(made.shape, i => held[made.from[i]]));
        if (value.kind && !Number.isInteger(computed[at])) counts.set(value, false);
        moved[at] = computed[at] !== this.exact[at];
      }
      heldCounts.set(value, counts.get(value));
      if (value.role === ANSWER) continue;
      for (let at = value.start; at < value.end; at++) {
        const written = sheet.get(at), taken = written ? carry(at, written, computed[at], counts.get(value)) : null;
        if (taken === null) continue;
        if (!taken.isCount) heldCounts.set(value, false);
        // What was written where nothing is known to have been worked may be it, or a slip.
        held[at] = Number.isNaN(computed[at]) && !taken.isRight ? NaN : taken.value;
        moved[at] = held[at] !== this.exact[at];
        any = any || Boolean(moved[at]);
      }
    }
    return { computed, held, counts, heldCounts };
  }
  isCount(run, at) { return run.counts.get(this.owner[at]); }
  unit(size, isCount) {
    if (isCount || !Number.isFinite(size)) return 0;
    size = Math.abs(size);
    let { places, sig } = this;
    if (places === null && sig === null) {
      const small = size > 0 && size < 0.005;
      places = small || size >= 10 ? null : 2;
      sig = places !== null ? null : small ? 2 : 3;
    }
    const units = places === null ? [] : [power(places)];
    if (sig !== null) units.push(power(sig - (size ? Number(size.toExponential().split("e")[1]) + 1 : 0)));
    return Math.min(...units);
  }
  // RIGHT, PLACES or WRONG beside a number.
  agrees(written, number, isCount, scale = 0) {
    const unit = this.unit(number, isCount), own = written.places === null ? 0 : power(written.places);
    if (within(written, number, Math.max(this.tolerance, 0.5 * unit), isCount, scale)) return RIGHT;
    if (own <= unit || !within(written, number, 0.5 * own, isCount, 0)) return WRONG;
    return written.digits || (written.places ?? 0) > 0 ? PLACES : WRONG;
  }
  isNear(number, other, isCount) {
    if (!Number.isFinite(number) || !Number.isFinite(other)) return number === other;
    return gap(number, other) <= MOST_UNITS * this.unit(other, isCount) * BOUNDARY + noise(other, isCount);
  }
  room(reach, at, right, isCount, carried, part = 0) {
    const unit = this.unit(right, isCount);
    if (Number.isNaN(carried)) return NaN;
    if (!unit || !Number.isFinite(right) || !Number.isFinite(carried)) return MOST_UNITS * unit;
    const off = gap(carried, right), rounding = reach.of(at), last = !off && !rounding && reach.isWhole(at) ? 0 : unit;
    const most = reach.left > 0 ? Math.max(MOST_UNITS * unit, part * Math.abs(right)) : MOST_UNITS * unit;
    return Math.min(off + rounding + last, most) * BOUNDARY + noise(right, isCount);
  }
  besideExact(sheet) {
    const judged = new Map();
    for (const value of this.values) {
      const cells = [...sheet].filter(([at]) => this.owner[at] === value), exact = at => this.exact[at];
      const scale = value.kind ? 0 : Math.max(0, ...this.exact.slice(value.start, value.end).map(Math.abs).filter(Number.isFinite));
      const other = (this.accept[value.name] ?? []).find(([, numbers]) => cells.length
        && cells.every(([at, written]) => this.agrees(written, numbers[at - value.start], false) === RIGHT));
      this.accepted.set(value, other?.[0]);
      for (const [at, written] of cells) {
        const large = typeof this.numbers[at] === "string" && COUNT.test(written.as);
        const found = this.agrees(written, exact(at), value.kind > 0, scale);
        judged.set(at, other ? RIGHT : large ? (BigInt(written.as) === BigInt(this.numbers[at]) ? RIGHT : UNTOLD) : found);
      }
    }
    return judged;
  }
  // The verdict of every cell that was written, and what follows from the student's own numbers.
  judge(sheet) {
    const judged = this.besideExact(sheet), some = least => [...judged.values()].some(verdict => verdict >= least);
    let followed = this.run(sheet, () => null);
    if (some(ROUNDED)) this.roundings(sheet, judged);
    if (some(FOLLOWS)) followed = new Following(this, sheet, judged).judge();
    return { judged, followed };
  }
  roundings(sheet, judged) {
    const honest = new Set([...sheet].filter(([at, written]) => this.isNear(written.value, this.exact[at], this.owner[at].kind > 0)).map(([at]) => at));
    for (let round = 0; round < ROUNDS; round++) {
      const run = this.run(sheet, (at, written) => honest.has(at) ? { ...written, isRight: true } : null), reach = new Reach(this, run, honest);
      const late = () => [...honest].filter(at => judged.get(at) > ROUNDED);
      for (const at of late()) {
        if (gap(sheet.get(at).value, this.exact[at]) <= this.room(reach, at, this.exact[at], this.owner[at].kind > 0, run.computed[at])) judged.set(at, ROUNDED);
      }
      const slips = late();
      if (!slips.length) break;
      for (const at of slips) honest.delete(at);
      for (const at of honest) if (judged.get(at) === ROUNDED) judged.set(at, WRONG);
    }
  }
}
function within(written, number, distance, isCount, scale) {
  if (!Number.isFinite(number) || !Number.isFinite(written.value)) return written.value === number;
  const off = gap(written.value, number), error = isCount ? 0 : GUARD * Math.max(Math.abs(written.value), Math.abs(number));
  return off <= distance * BOUNDARY + error || (!isCount && off <= GUARD * scale);
}
const noise = (number, isCount) => isCount ? 0 : NOISE * Math.abs(number);

// What follows from a student's slips, and how far around it roundings reach.
class Following {
  constructor(working, sheet, judged) {
    Object.assign(this, { working, sheet, judged, slips: new Set() });
    this.looked = [...judged].filter(([, verdict]) => verdict >= FOLLOWS).map(([at]) => at);
  }
  judge() {
    const written = this.working.run(this.sheet, (at, own) => own);
    let found, alone;
    for (let round = 0; round < ROUNDS; round++) {
      alone = this.working.run(this.sheet, (...cell) => this.slipAlone(...cell));
      found = this.beside(alone, written);
      const slips = [...found].filter(([, verdict]) => verdict === WRONG).map(([at]) => at);
      if (slips.every(at => this.slips.has(at))) break;
      for (const at of slips) this.slips.add(at);
    }
    for (const [at, verdict] of found) {
      const before = this.judged.get(at);
      this.judged.set(at, verdict === UNTOLD || (before === UNTOLD && verdict > FOLLOWS) ? UNTOLD : Math.min(before, verdict));
    }
    return written;
  }
  slipAlone(at, written, worked, isCount) {
    const { working } = this, value = working.owner[at], exact = working.exact[at], good = this.judged.get(at) <= ROUNDED;
    if ((!this.slips.has(at) || good) && working.isNear(written.value, worked, isCount)) return null;
    return good && working.isNear(written.value, exact, value.kind > 0) ? { value: exact, isCount: value.kind === OF_ANY_SIZE, isRight: true } : written;
  }
  beside(alone, written) {
    const { working, sheet } = this, reach = new Reach(working, written, new Set(sheet.keys())), found = new Map();
    for (const at of this.looked) {
      const number = sheet.get(at), right = alone.computed[at], own = written.computed[at], exact = working.exact[at], isCount = working.isCount(alone, at);
      const rights = [right];
      let agreement = working.agrees(number, right, isCount), verdict = WRONG;
      if (Number.isNaN(right)) { found.set(at, UNTOLD); continue; }
      if (right === exact || (Number.isFinite(right) && Number.isFinite(exact) && gap(right, exact) <= noise(exact, working.owner[at].kind > 0))) {
        agreement = WRONG;
        if (Number.isFinite(own) && Number.isFinite(right) && gap(own, right) < Math.abs(right)) rights.push(own);
      }
      if (agreement === PLACES) verdict = PLACES;
      for (const other of rights) {
        const counted = other === right ? isCount : working.isCount(written, at), size = working.room(reach, at, other, counted, own, A_PART);
        const near = Number.isFinite(number.value) && Number.isFinite(other) && gap(number.value, other) <= size;
        if (near || agreement === RIGHT) { verdict = FOLLOWS; break; }
        if (Number.isNaN(size)) verdict = UNTOLD;
      }
      found.set(at, verdict);
    }
    return found;
  }
}

// How far rounding reaches: each number before moved by one unit of the place asked, kept as shares with their signs.
class Reach {
  constructor(working, run, pinned) { Object.assign(this, { working, run, pinned, left: MOST_LOOKED_THROUGH, known: new Map(), formulas: new Map() }); }
  of(at) {
    const found = this.shares(this.found(at));
    return found === null ? Infinity : sizeOf(found);
  }
  found(at) {
    const made = this.working.made[at];
    return this.working.owner[at].role === ANSWER && made.from ? made.from[0] : at;
  }
  // The formula of a cell as the numbers have it, and the cells that stand in it.
  formula(at) {
    if (!this.formulas.has(at)) {
      const made = this.working.made[at];
      let found = { shape: null, from: [], size: 1, all: [] };
      if (made.from) {
        const open = this.working.open[made.skeleton], shape = open ? closed(made.shape, i => this.run.held[made.from[i]]) : made.shape;
        const used = new Set(), look = x => { if (typeof x === "number") used.add(x); else x.slice(1).forEach(look); };
        if (open && shape !== null) look(shape);
        found = { shape, all: made.from, from: made.from.filter((_, i) => !open || used.has(i)), size: this.working.sizes[made.skeleton] };
      }
      this.formulas.set(at, found);
    }
    return this.formulas.get(at);
  }
  value(at, moved = -1, number = 0) {
    const { shape, all } = this.formula(at);
    return shape === null ? this.run.computed[at] : worked(shape, i => all[i] === moved ? number : this.run.held[all[i]]);
  }
  isWhole(at) {
    at = this.found(at);
    if (!this.isStep(at)) return false;
    return [...this.formula(at).from.map(from => this.run.held[from]), this.value(at)].every(x => !Number.isFinite(x) || Number.isInteger(x));
  }
  isStep(at) { return [1, MOVED].includes(this.working.owner[at].role); }
  shares(top) {
    const stack = [top];
    for (;;) {
      const at = stack.at(-1), missing = this.before(at).filter(from => !this.known.has(from));
      if (missing.length) { stack.push(...missing); continue; }
      stack.pop();
      const inherited = this.inherited(at);
      if (!stack.length) return inherited;
      this.known.set(at, this.withOwn(at, inherited));
    }
  }
  before(at) {
    if (this.working.owner[at].role !== 1) return [];
    for (const from of this.formula(at).from) {
      if (!this.isStep(from)) this.known.set(from, new Map());
      else if (this.pinned.has(from) && !this.known.has(from)) this.known.set(from, this.withOwn(from, new Map()));
    }
    return this.formula(at).from;
  }
  withOwn(at, inherited) {
    const value = this.working.owner[at];
    if (inherited === null || value.role === MOVED || (!inherited.size && !this.pinned.has(at) && this.isWhole(at))) return inherited;
    return new Map(inherited).set(at, this.working.unit(this.run.held[at], this.run.heldCounts.get(value)));
  }
  inherited(at) {
    const shares = new Map();
    if (this.working.owner[at].role !== 1) return shares;
    const { from, size: parts } = this.formula(at), here = this.value(at);
    for (const each of from) {
      const error = this.known.get(each) ?? null;
      if (error === null) return null;
      const size = sizeOf(error), number = this.run.held[each];
      if (!size) continue;
      this.left -= error.size + parts;
      const up = this.value(at, each, number + size), down = this.value(at, each, number - size);
      if (this.left < 0 || ![up, down, here].every(Number.isFinite)) return null;
      const most = Math.max(gap(up, here), gap(down, here)), slope = (up - down < 0 || Object.is(up - down, -0) ? -most : most) / size;
      for (const [source, share] of error) shares.set(source, (shares.get(source) ?? 0) + slope * share);
    }
    return shares;
  }
}
const sizeOf = shares => [...shares.values()].reduce((sum, share) => sum + Math.abs(share), 0);
