import { parseContract } from '#lib/contracts/read.ts';
import { ConfigurationErrors } from '#lib/errors.ts';

/** The first five lines of a contract of a version of the standard. */
export const head = (version = 'v3.1.0'): string =>
  `apiVersion: ${version}\nkind: DataContract\nid: tiny\nversion: 1.0.0\nstatus: active\n`;

/** A contract with one table `t` and one column `a`; the text stands at the column from line 10, column 9 on. */
export function withColumn(text: string, version?: string): string {
  return `${head(version)}schema:\n  - name: t\n    properties:\n      - name: a\n${text.replace(/^/gmu, '        ')}\n`;
}

/** The same with one quality rule, from line 11, column 13 on. */
export function withRule(text: string, version?: string): string {
  return withColumn(`quality:\n${text.replace(/^/gmu, '    ').replace('    ', '  - ')}`, version);
}

/** What is wrong with a contract, each as `line:column message. remedy`; nothing where it is read. */
export function problemsOf(text: string): readonly string[] {
  try {
    parseContract(text, 'c.odcs.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationErrors)) throw error;
    return error.problems.map(({ at, message, remedy }) => `${at?.line}:${at?.column} ${message}. ${remedy}`);
  }
}
