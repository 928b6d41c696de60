// From what a file holds to what a contract may promise of it. Each guess carries its evidence, since one file proves little:
// what the next file would break without a reason is said in a comment, and not claimed.
import { EARLIEST, guessBounds } from '#lib/contracts/infer/bounds.ts';
import { FORMS } from '#lib/contracts/infer/forms.ts';
import { guessPersonal, guessPersonalForm, PERSON_NAME } from '#lib/contracts/infer/personal.ts';
import type { ColumnProfile, TableProfile } from '#lib/contracts/infer/profile.ts';
import { say, sayType, sayUntyped, typeOf } from '#lib/contracts/infer/type.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';

/** One key of a column and why. */
export interface Guess {
  readonly key: string;
  readonly value: unknown;
  readonly evidence: string;
}

export interface InferredColumn {
  readonly name: string;
  readonly type: LogicalType | undefined;
  /** Keys of the column, its logicalType first. */
  readonly keys: readonly Guess[];
  readonly options: readonly Guess[];
  readonly validValues: { readonly values: readonly string[]; readonly evidence: string } | undefined;
  /** What could not be claimed. */
  readonly notes: readonly string[];
}

/** Fewer values than this carry no bound, length or list. */
const ENOUGH = 20;
/** Fewer rows prove no key, and every valid value has to stand so often. */
const MANY = 100;
const EACH_VALUE = 10;
const MOST_VALUES = 20;

/** Infers all columns; at most one of them is the primary key. */
export function inferColumns({ rows, columns }: TableProfile): readonly InferredColumn[] {
  const key = columns.find(column => isKeyLike(column, rows) && rows >= MANY);
  return columns.map(column => inferColumn(column, { rows, isKey: column === key }));
}

function inferColumn(
  column: ColumnProfile,
  { rows, isKey }: { readonly rows: number; readonly isKey: boolean },
): InferredColumn {
  const { name, present } = column;
  const type = typeOf(column);
  const guessed = guessPersonal(name);
  // Numbers and dates have no name.
  const named = guessed === PERSON_NAME && type !== 'string' && present > 0 ? undefined : guessed;
  const personal = named ?? guessPersonalForm(column.ofForm, present);
  const all = `${say(present)} of ${say(rows)} rows`;
  const isUnique = isAlwaysDifferent(column, rows);
  const isClaimed = !isKey && isUnique && isKeyLike(column, rows) && rows >= MANY;
  const keys: Guess[] = [];
  if (type)
    keys.push({
      key: 'logicalType',
      value: type,
      evidence: present === 0 ? 'no value was seen' : sayType(column, type),
    });
  if (present === rows && rows > 0)
    keys.push({ key: 'required', value: true, evidence: `a value in ${all}` });
  if (isKey) {
    const evidence = `no value stands twice in ${say(rows)} rows`;
    keys.push(
      { key: 'primaryKey', value: true, evidence },
      { key: 'primaryKeyPosition', value: 1, evidence: '' },
    );
  }
  if (isClaimed)
    keys.push({ key: 'unique', value: true, evidence: `no value stands twice in ${say(rows)} rows` });
  if (personal) {
    const evidence = `guessed from ${named ? 'the name' : 'how the values are written'}: ${personal}`;
    keys.push({ key: 'classification', value: 'personal', evidence });
  }
  const validValues = personal ? undefined : guessValues(column, type);
  const options = type
    ? guessOptions(column, { type, isPersonal: personal !== undefined, isList: validValues !== undefined })
    : [];
  const missing = rows - present;
  const notes = [
    ...(present === 0
      ? ['holds no value at all']
      : missing > 0
        ? [`missing in ${say(missing)} of ${say(rows)} rows`]
        : []),
    ...(isUnique && !isKey && !isClaimed && type !== 'number'
      ? [`no value stands twice in these ${say(rows)} rows: perhaps unique: true, perhaps chance`]
      : []),
    ...(personal ? [] : noteRange(column, type)),
    ...(type === undefined && present > 0 ? [sayUntyped(column)] : []),
  ];
  return { name, type, keys, options, validValues, notes };
}

function isAlwaysDifferent({ present, distinct }: ColumnProfile, rows: number): boolean {
  return rows > 1 && present === rows && distinct === rows;
}

const KEY_NAME =
  /(^|[_\-. ])(id|ids|key|uuid|guid|code|number|no|nr|sku|isbn|ean|hash)$|[a-z](Id|ID|Key|Uuid|UUID|Nr|No)$/i;

/** Measurements may differ by chance; what is called a key, or is written as one, is meant to. */
function isKeyLike(column: ColumnProfile, rows: number): boolean {
  if (!isAlwaysDifferent(column, rows) || guessPersonal(column.name) !== undefined) return false;
  const type = typeOf(column);
  const isUuid = column.type === 'UUID' || column.ofForm.uuid === column.present;
  return isUuid || (KEY_NAME.test(column.name) && (type === 'integer' || type === 'string'));
}

interface Typed {
  readonly type: LogicalType;
  readonly isPersonal: boolean;
  readonly isList: boolean;
}

function guessOptions(column: ColumnProfile, { type, isPersonal, isList }: Typed): readonly Guess[] {
  const { name, present, low, high } = column;
  const all = `${say(present)} of ${say(present)} values`;
  if (type === 'string') return isList ? [] : guessForm(column, all);
  if (type === 'date' && column.kind === 'text') {
    return [
      { key: 'format', value: 'yyyy-MM-dd', evidence: all },
      ...guessEarliest(column, { type, isPersonal }),
    ];
  }
  if (type === 'date' || type === 'timestamp') return guessEarliest(column, { type, isPersonal });
  const isNumber =
    (type === 'integer' || type === 'number') && typeof low === 'number' && typeof high === 'number';
  if (!isNumber || isPersonal || present < ENOUGH) return [];
  const bounds = guessBounds(name, { low, high, isWhole: type === 'integer' });
  const { minimum, maximum, as } = bounds ?? { as: '' };
  return [
    ...(minimum === undefined ? [] : [{ key: 'minimum', value: minimum, evidence: `${as}, ${all}` }]),
    ...(maximum === undefined ? [] : [{ key: 'maximum', value: maximum, evidence: `${as}, ${all}` }]),
  ];
}

function guessEarliest(
  { low, present }: ColumnProfile,
  { type, isPersonal }: { readonly type: LogicalType; readonly isPersonal: boolean },
): readonly Guess[] {
  if (isPersonal || present < ENOUGH || typeof low !== 'string' || low < EARLIEST) return [];
  const value = type === 'date' ? EARLIEST : `${EARLIEST}T00:00:00Z`;
  return [{ key: 'minimum', value, evidence: 'none is earlier, which mostly means that none is known' }];
}

function guessForm(
  { present, ofForm, type, shortest, longest }: ColumnProfile,
  all: string,
): readonly Guess[] {
  if (type === 'UUID') return [{ key: 'format', value: 'uuid', evidence: 'UUID in the file' }];
  if (present < ENOUGH) return [];
  const form = (['uuid', 'email'] as const).find(one => ofForm[one] === present);
  if (form) {
    return [
      { key: 'format', value: form, evidence: all },
      { key: 'pattern', value: FORMS[form], evidence: '' },
    ];
  }
  const isCode = ofForm.code === present && shortest === longest && shortest !== null && shortest > 1;
  if (!isCode || present < MANY) return [];
  return [
    { key: 'minLength', value: shortest, evidence: `a code: ${all} have ${shortest} characters` },
    { key: 'maxLength', value: shortest, evidence: '' },
  ];
}

/** A closed list only where nothing speaks for a value that has not come yet: each one stood often. */
function guessValues(
  { values, present, ofForm }: ColumnProfile,
  type: LogicalType | undefined,
): InferredColumn['validValues'] {
  if (type !== 'string' || values === null || present < MANY || values.size > MOST_VALUES || values.size < 2)
    return undefined;
  // Among a few words, one person's address is still one.
  if (ofForm.email || ofForm.iban || ofForm.ip) return undefined;
  const rarest = Math.min(...values.values());
  if (rarest < EACH_VALUE) return undefined;
  const evidence = `${say(present)} of ${say(present)} values, each at least ${say(rarest)} times`;
  return { values: [...values.keys()], evidence };
}

function noteRange({ low, high, present }: ColumnProfile, type: LogicalType | undefined): readonly string[] {
  if (
    type === undefined ||
    type === 'string' ||
    type === 'boolean' ||
    low === null ||
    high === null ||
    present === 0
  )
    return [];
  return [`seen from ${short(low)} to ${short(high)}`];
}

function short(value: number | string): string {
  return String(typeof value === 'number' ? Number(value.toPrecision(6)) : value);
}
