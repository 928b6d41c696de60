// The datatypes of the Open Inference Protocol v2 and which numbers each can hold. Values travel as JSON numbers, so an
// integer beyond 2^53 has already lost digits when we see it: it is refused, never rounded.

/** Numbers a datatype can hold; `isWhole` for the integers and BOOL. */
export interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

const SAFE = Number.MAX_SAFE_INTEGER;
const whole = (least: number, most: number): NumberRange => ({ least, most, isWhole: true });
const fraction = (most: number): NumberRange => ({ least: -most, most, isWhole: false });

const ranges = new Map<string, NumberRange>([
  ['BOOL', whole(0, 1)],
  ['UINT8', whole(0, 2 ** 8 - 1)],
  ['UINT16', whole(0, 2 ** 16 - 1)],
  ['UINT32', whole(0, 2 ** 32 - 1)],
  ['UINT64', whole(0, SAFE)],
  ['INT8', whole(-(2 ** 7), 2 ** 7 - 1)],
  ['INT16', whole(-(2 ** 15), 2 ** 15 - 1)],
  ['INT32', whole(-(2 ** 31), 2 ** 31 - 1)],
  ['INT64', whole(-SAFE, SAFE)],
  ['FP16', fraction(65_504)],
  ['FP32', fraction((2 - 2 ** -23) * 2 ** 127)],
  ['FP64', fraction(Number.MAX_VALUE)],
]);

/** All names, BYTES (texts) first. */
export const datatypes: readonly string[] = ['BYTES', ...ranges.keys()];

/** The numbers a datatype can hold; undefined for BYTES and for what is no datatype. */
export function rangeOf(datatype: string): NumberRange | undefined {
  return ranges.get(datatype);
}

/** What both datatypes can hold: what a caller declares and what the model takes. */
export function intersect(a: NumberRange, b: NumberRange): NumberRange {
  return {
    least: Math.max(a.least, b.least),
    most: Math.min(a.most, b.most),
    isWhole: a.isWhole || b.isWhole,
  };
}

const ofElement: Readonly<Record<string, string>> = {
  float: 'FP32',
  float64: 'FP64',
  int32: 'INT32',
  int64: 'INT64',
  string: 'BYTES',
};

/** The datatype of a model's element type, or undefined for one that cannot be served. */
export function datatypeOfElement(type: string): string | undefined {
  return Object.hasOwn(ofElement, type) ? ofElement[type] : undefined;
}
