// What a caller would notice: inputs and outputs of a model beside those of the one that runs.

interface Value {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
}

interface Face {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** In words, in the order of the inputs; the batch dimension does not count. */
export function interfaceChanges(before: Face, after: Face): readonly string[] {
  return [
    ...changesOf('input', before.inputs, after.inputs),
    ...changesOf('output', before.outputs, after.outputs),
  ];
}

function changesOf(kind: string, before: readonly Value[], after: readonly Value[]): readonly string[] {
  const old = new Map(before.map(value => [value.name, value]));
  const now = new Map(after.map(value => [value.name, value]));
  const added = after.filter(({ name }) => !old.has(name)).map(({ name }) => `the ${kind} ${name} is new`);
  const kept = before.flatMap(value => {
    const other = now.get(value.name);
    if (!other) return [`the ${kind} ${value.name} is gone`];
    const [was, is] = [typeOf(value), typeOf(other)];
    return was === is ? [] : [`the ${kind} ${value.name} is ${is} and was ${was}`];
  });
  return [...kept, ...added];
}

function typeOf({ type, shape }: Value): string {
  return `${type}[${['N', ...shape.slice(1).map(size => (size < 0 ? '?' : String(size)))].join(', ')}]`;
}
