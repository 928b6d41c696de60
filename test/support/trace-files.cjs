// Loaded before a program: writes down every path that it asks the file system about, one a line, when it ends.
const fs = require('node:fs');

const seen = new Set();
const { appendFileSync } = fs;
const NAMES = [
  'access',
  'exists',
  'lstat',
  'open',
  'opendir',
  'readFile',
  'readdir',
  'readlink',
  'realpath',
  'stat',
];

function watch(object, name) {
  const own = object[name];
  if (typeof own !== 'function') return;
  object[name] = Object.assign(function (path, ...rest) {
    if (typeof path === 'string') seen.add(path);
    return own.call(this, path, ...rest);
  }, own);
}

for (const name of NAMES) {
  for (const variant of [name, `${name}Sync`]) watch(fs, variant);
  watch(fs.promises, name);
}
require('node:module').syncBuiltinESMExports();
process.on('exit', () => appendFileSync(process.env.TRACE_FILE, [...seen, ''].join('\n')));
