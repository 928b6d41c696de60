// How many of something, in words: the one place that knows plurals.

/** `1 file`, `1,200 files`. */
export function counted(count: number, one = 'file', many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
