// Where `mainline dvc` starts: from its compiled files while they are as new as the sources, else they are made first.
// Plain JavaScript: this is loaded on every start, before anything is compiled.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The file to start from.
 * @param {string} root the folder with package.json and node_modules/
 * @param {string} cache where compiled files are kept
 */
export async function findDvcEntry(root, cache) {
  const compiled = readCompiled(cache);
  if (compiled && isFresh(root, compiled.inputs)) return join(cache, compiled.folder, 'start.js');
  try {
    const { compileDvc } = await import('./compile.ts');
    return await compileDvc(root, cache);
  } catch {
    // Nothing may be written there, or this is an installation without esbuild: the sources run as well, only slower.
    return join(root, 'actions', 'cli', 'dvc', 'start.ts');
  }
}

function readCompiled(cache) {
  try {
    return JSON.parse(readFileSync(join(cache, 'dvc.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

function isFresh(root, inputs) {
  return inputs.every(([path, size, mtimeMs]) => {
    const found = statSync(join(root, path), { throwIfNoEntry: false });
    return found !== undefined && found.size === size && found.mtimeMs === mtimeMs;
  });
}
