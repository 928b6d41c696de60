// The tree of a query as the engine writes it down.

/** What an object has under a key, whatever it is. */
export function member(node: unknown, key: string): unknown {
  return node !== null && typeof node === 'object' ? Reflect.get(node, key) : undefined;
}
