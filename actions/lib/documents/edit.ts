// Writes YAML. A file that people own is edited: its comments, order and quoting stay, we only change a value.
import { isScalar, parseDocument, stringify } from 'yaml';
import { ConfigurationError } from '#lib/errors.ts';

/** The YAML of a value: the same value gives the same bytes, no line is folded, nothing is said by reference. */
export function formatYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * Sets one value in YAML text; everything else stays byte for byte where the value is a plain scalar that exists.
 * @throws ConfigurationError when the text is not YAML.
 */
export function setValue(text: string, path: readonly (string | number)[], value: unknown): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  const [problem] = document.errors;
  if (problem) throw new ConfigurationError(`This is not valid YAML: ${problem.message}`, { cause: problem });
  const node = document.getIn(path, true);
  if (isScalar(node) && node.range && isPlainValue(value)) {
    const rendered = stringify(value, { lineWidth: 0 }).trimEnd();
    return text.slice(0, node.range[0]) + rendered + text.slice(node.range[1]);
  }
  document.setIn(path, value);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function isPlainValue(value: unknown): boolean {
  return typeof value !== 'object' && !(typeof value === 'string' && value.includes('\n'));
}
