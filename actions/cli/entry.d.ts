// The types of entry.js, which is plain JavaScript because it is loaded before anything is compiled.
export function compiledName(root: string, program: string): string;
