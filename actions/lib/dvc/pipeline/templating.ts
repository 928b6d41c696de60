// Parts of dvc.yaml that need DVC's templating are refused where they stand, rather than run with the wrong text.
import type { Document, KeyPath } from '#lib/documents/document.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

const STAGE_KEYS = ['foreach', 'do', 'matrix', 'vars'];
/** `\${` is DVC's way to write a `${` that is left alone. */
const INTERPOLATION = /(?<!\\)\$\{/;

/** @throws ConfigurationErrors naming each place that `vars`, `foreach`, `matrix`, `datasets` or `${}` stands at. */
export function refuseTemplating(document: Document): void {
  const problems = [...templatedKeys(document), ...templatedTexts(document)];
  if (problems.length > 0) throw new ConfigurationErrors(problems.toSorted(byPlace));
}

function byPlace({ at: a }: ConfigurationError, { at: b }: ConfigurationError): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

function templatedKeys(document: Document): readonly ConfigurationError[] {
  const top = ['vars', 'datasets'].filter(key => isMember(document.value, key)).map(key => [key]);
  const stages = members(isMember(document.value, 'stages') ? document.value.stages : undefined);
  const inStages = stages.flatMap(([name, stage]) =>
    STAGE_KEYS.filter(key => isMember(stage, key)).map(key => ['stages', name, key]),
  );
  return [...top, ...inStages].map(path => {
    return new ConfigurationError(`"${path.at(-1)}" in dvc.yaml is not supported yet`, {
      at: document.locateKey(path),
      remedy: 'Write the stages out one by one, with their values.',
    });
  });
}

function templatedTexts(document: Document): readonly ConfigurationError[] {
  return findTexts(document.value, []).map(({ path, isKey }) => {
    return new ConfigurationError('A "${" in dvc.yaml is not supported yet', {
      at: isKey ? document.locateKey(path) : document.locate(path),
      remedy: `Write the value itself; for a variable of the shell write $NAME or \\\${NAME}.`,
    });
  });
}

interface FoundText {
  readonly path: KeyPath;
  readonly isKey: boolean;
}

/** Text with an interpolation; descriptions and meta are left out, since nothing is made of them. */
function findTexts(value: unknown, path: KeyPath): readonly FoundText[] {
  if (typeof value === 'string') return INTERPOLATION.test(value) ? [{ path, isKey: false }] : [];
  return members(value).flatMap(([key, item]) => {
    if (key === 'desc' || key === 'meta') return [];
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [...(INTERPOLATION.test(key) ? [{ path: here, isKey: true }] : []), ...findTexts(item, here)];
  });
}

function members(value: unknown): readonly (readonly [string, unknown])[] {
  return value !== null && typeof value === 'object' ? Object.entries(value) : [];
}

function isMember<Key extends string>(value: unknown, key: Key): value is Record<Key, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && Object.hasOwn(value, key);
}

/** Text after DVC's escapes are taken out. */
export function unescapeTemplate(text: string): string {
  return text.replaceAll('\\${', '${');
}
