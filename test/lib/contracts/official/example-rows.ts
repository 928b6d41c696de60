// Rows for the tables of a contract that keep the rules of its columns, made from the contract alone: plain objects, read
// from its YAML, and nothing of the program that is tested.

export type Value = null | string | number | boolean | readonly Value[] | { readonly [name: string]: Value };
export type Row = Readonly<Record<string, Value>>;

interface Item {
  readonly logicalType?: string;
  readonly logicalTypeOptions?: Readonly<Record<string, unknown>>;
  readonly examples?: readonly Value[];
  readonly quality?: readonly {
    readonly metric?: string;
    readonly arguments?: { readonly validValues?: readonly Value[] };
  }[];
  readonly relationships?: readonly { readonly to: string }[];
  readonly items?: Item;
  readonly properties?: readonly ExampleColumn[];
}

export interface ExampleColumn extends Item {
  readonly name: string;
  readonly physicalName?: string;
  readonly primaryKey?: boolean;
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly classification?: string;
}

export interface ExampleTable {
  readonly name: string;
  readonly properties?: readonly ExampleColumn[];
  readonly relationships?: readonly { readonly from: readonly string[]; readonly to: readonly string[] }[];
}

export interface Example {
  readonly schema?: readonly ExampleTable[];
}

/** The rows of a table, fewer than asked for where the rules leave no room for that many; a key that refers to another table has the values that stand there in the same row. */
export function exampleRows(
  contract: Example,
  { properties = [], relationships = [] }: ExampleTable,
  count = 12,
): readonly Row[] {
  // A key whose values are listed has room for no more rows than those.
  const listed = properties.flatMap(column =>
    column.primaryKey ? [validValues(column)?.length ?? count] : [],
  );
  return Array.from({ length: Math.min(count, ...listed) }, (_, i) => {
    const entries = properties.map(column => {
      const own = relationships.flatMap(
        ({ from, to }) => to[from.findIndex(one => one.endsWith(`.${column.name}`))] ?? [],
      );
      const [to] = [...own, ...(column.relationships ?? []).map(one => one.to)];
      return [
        nameInData(column),
        (to === undefined ? undefined : referred(contract, to, i)) ?? nthValue(column, i),
      ] as const;
    });
    return Object.fromEntries(entries);
  });
}

export function nameInData({ name, physicalName }: ExampleColumn): string {
  return physicalName ?? name;
}

function referred(contract: Example, to: string, i: number): Value | undefined {
  const [table = '', column = ''] = to.split('.');
  const found = contract.schema
    ?.find(({ name }) => name === table)
    ?.properties?.find(({ name }) => name === column);
  return found && nthValue(found, i);
}

function validValues({ quality = [] }: Item): readonly Value[] | undefined {
  const [list] = quality.flatMap(({ arguments: { validValues: values } = {} }) => (values ? [values] : []));
  return list?.filter(value => value !== null);
}

/** A text for each pattern of the examples. */
const MATCHING: Readonly<Record<string, (i: number) => string>> = {
  'ACC[0-9]{8}': i => `ACC${String(i).padStart(8, '0')}`,
};
const two = (i: number): string => String(1 + i).padStart(2, '0');
/** Days of one year after the other. */
const day = (i: number): string => `${2020 + Math.floor(i / 12)}-${two(i % 12)}-15`;

/** The i-th value, which no other row has where there are enough. */
function nthValue(item: Item, i: number): Value {
  const { logicalType, logicalTypeOptions: options = {}, items, properties = [] } = item;
  const listed = validValues(item);
  if (listed) return listed[i % listed.length] ?? null;
  switch (logicalType) {
    case 'integer':
    case 'number':
      return Number(options.minimum ?? 1) + i;
    case 'boolean':
      return i % 2 === 0;
    case 'date':
      return day(i);
    case 'timestamp':
      return `2020-06-${two(i)} 10:00:00${options.timezone === true ? '+1000' : ''}`;
    case 'time':
      return `${two(i)}:30:00`;
    case 'array':
      return items ? [nthValue(items, i), nthValue(items, i + 1)] : ['x', i];
    case 'object': {
      const needed = (options.required ?? []) as readonly string[];
      const members = properties.map(one => [nameInData(one), nthValue(one, i)] as const);
      return Object.fromEntries([...needed.map(name => [name, i] as const), ...members]);
    }
    default:
      return MATCHING[String(options.pattern)]?.(i) ?? `x${i}`;
  }
}
