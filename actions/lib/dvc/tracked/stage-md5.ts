// The MD5 over a .dvc file that has dependencies (an import): it tells an edit by hand from a change of the data.
import { createHash } from 'node:crypto';
import { pythonJson } from '#lib/dvc/values/python-json.ts';
import { isValueList, isValueMap, type Value, type ValueMap } from '#lib/dvc/values/value.ts';

const TOP_LEFT_OUT = new Set(['md5', 'meta', 'desc']);
/** At any depth: what people write for people, and what follows from the hash. */
const LEFT_OUT = new Set([
  ...['desc', 'type', 'labels', 'meta', 'locked', 'frozen', 'metric', 'persist'],
  ...['isexec', 'size', 'nfiles'],
]);

/** As DVC computes it, from the file's content: values that are DVC's defaults do not count. */
export function stageMd5(top: ValueMap): string {
  const counted = [...top].filter(
    ([key, value]) => !TOP_LEFT_OUT.has(String(key)) && !isEmpty(value) && !(key === 'wdir' && value === '.'),
  );
  return createHash('md5')
    .update(pythonJson(withoutLeftOut(new Map(counted))))
    .digest('hex');
}

function withoutLeftOut(value: Value): Value {
  if (isValueList(value)) return value.map(withoutLeftOut);
  if (!isValueMap(value)) return value;
  const members = [...value].filter(([key, item]) => !LEFT_OUT.has(String(key)) && !isDefault(key, item));
  return new Map(members.map(([key, item]) => [key, withoutLeftOut(item)]));
}

/** Older files spell out what newer ones leave out. */
function isDefault(key: unknown, value: Value): boolean {
  return (key === 'cache' || key === 'push') && value === true;
}

function isEmpty(value: Value): boolean {
  if (isValueList(value)) return value.length === 0;
  return isValueMap(value) ? value.size === 0 : value === null || value === false || value === '';
}
