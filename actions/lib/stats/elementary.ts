// exp and log from + - * / alone. ECMAScript leaves the last bits of Math.exp and Math.log to the engine, and a model
// file must not change with it. After fdlibm (Sun Microsystems, 1993): its reductions and minimax coefficients.

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** exp(x) overflows above and is 0 below these. */
const EXP_MAX = 709.782712893384;
const EXP_MIN = -745.1332191019411;

const EXP_COEFFICIENTS = [
  0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6,
  4.1381367970572385e-8,
] as const;
const LOG_COEFFICIENTS = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
] as const;

const EXPONENT_BIAS = 1023;
const TWO_TO_54 = 0x40_0000_0000_0000;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

const scratch = new DataView(new ArrayBuffer(8));

/** 2^k exactly, for k from -1022 to 1023. */
function powerOfTwo(k: number): number {
  scratch.setInt32(0, (k + EXPONENT_BIAS) << 20);
  scratch.setInt32(4, 0);
  return scratch.getFloat64(0);
}

/** e^x, within 1 unit in the last place, the same bits on every engine. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > EXP_MAX) return Number.POSITIVE_INFINITY;
  if (x < EXP_MIN) return 0;
  const k = Math.trunc(Math.LOG2E * x + (x < 0 ? -0.5 : 0.5));
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const [p1, p2, p3, p4, p5] = EXP_COEFFICIENTS;
  const c = r - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k > EXPONENT_BIAS) return y * 2 * powerOfTwo(k - 1);
  if (k < -1021) return y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
  return y * powerOfTwo(k);
}

/** The natural logarithm, within 1 unit in the last place; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x < 0 ? Number.NaN : x;
  const isTiny = x < SMALLEST_NORMAL;
  scratch.setFloat64(0, isTiny ? x * TWO_TO_54 : x);
  const word = scratch.getInt32(0);
  const fraction = word & 0xfffff;
  // Carries into the exponent when the fraction lies above sqrt(2): then 1 + f is in [sqrt(1/2), sqrt(2)).
  const carry = (fraction + 0x95f64) & 0x100000;
  scratch.setInt32(0, fraction | (carry ^ 0x3ff00000));
  const f = scratch.getFloat64(0) - 1;
  const k = (word >> 20) - EXPONENT_BIAS + (carry >> 20) - (isTiny ? 54 : 0);
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const [l1, l2, l3, l4, l5, l6, l7] = LOG_COEFFICIENTS;
  const rest = w * (l2 + w * (l4 + w * l6)) + z * (l1 + w * (l3 + w * (l5 + w * l7)));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + rest) + k * LN2_LOW) - f);
}

/** log(1 + x) without losing small x (Kahan's correction of the rounded sum); within 3 units in the last place. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1 || sum === Number.POSITIVE_INFINITY) return x;
  if (!(sum > 0)) return log(sum);
  return (log(sum) * x) / (sum - 1);
}

/** 1 / (1 + e^-x): from log-odds to a probability. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** log(p / (1 - p)): from a probability to log-odds; infinite at 0 and 1. */
export function logit(p: number): number {
  return log(p) - log1p(-p);
}

/** e^x - 1 without losing small x (Kahan's correction); within 4 units in the last place. */
export function expm1(x: number): number {
  const power = exp(x);
  if (power === 1) return x;
  const rest = power - 1;
  if (rest === -1 || rest === Number.POSITIVE_INFINITY) return rest;
  return (rest * x) / log(power);
}

/** The angle with this sine, from -pi/2 to pi/2, by its power series (DLMF 4.24.1); NaN outside [-1, 1]. */
export function asin(x: number): number {
  if (!(Math.abs(x) <= 1)) return Number.NaN;
  // Halving the angle keeps the series within |x| <= 1/2, where each term is at most a quarter of the last.
  if (Math.abs(x) > 0.5) return Math.sign(x) * (Math.PI / 2 - 2 * asin(Math.sqrt((1 - Math.abs(x)) / 2)));
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > Number.EPSILON * Math.abs(sum) * 0.01; k++) {
    term *= (x * x * (2 * k - 1)) / (2 * k);
    sum += term / (2 * k + 1);
  }
  return sum;
}
