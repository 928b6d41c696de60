// Results in the XML of JUnit, which every CI system shows: suites of cases, failed ones with a reason.
// https://github.com/testmoapp/junitxml has the form in use.

export interface JunitCase {
  readonly name: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** Absent where it passed. */
  readonly failure?: { readonly message: string; readonly text: string } | undefined;
  /** Why it was not run. */
  readonly skipped?: string | undefined;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/** The whole document. */
export function formatJunit(suites: readonly JunitSuite[]): string {
  const count = (cases: readonly JunitCase[]) =>
    [
      `tests="${cases.length}"`,
      `failures="${cases.filter(({ failure }) => failure).length}"`,
      `skipped="${cases.filter(({ skipped }) => skipped !== undefined).length}"`,
    ].join(' ');
  const lines = suites.flatMap(({ name, cases }) => [
    `  <testsuite name="${escapeXml(name)}" ${count(cases)}>`,
    ...cases.map(one => formatCase(name, one)),
    '  </testsuite>',
  ]);
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${count(all)}>`,
    ...lines,
    '</testsuites>',
    '',
  ].join('\n');
}

function formatCase(suite: string, { name, file, line, failure, skipped }: JunitCase): string {
  const place = [
    file === undefined ? '' : ` file="${escapeXml(file)}"`,
    line === undefined ? '' : ` line="${line}"`,
  ];
  const head = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"${place.join('')}`;
  if (failure) {
    return `${head}>\n      <failure message="${escapeXml(failure.message)}">${escapeXml(failure.text)}</failure>\n    </testcase>`;
  }
  if (skipped !== undefined)
    return `${head}>\n      <skipped message="${escapeXml(skipped)}"/>\n    </testcase>`;
  return `${head}/>`;
}

/** Also drops what XML 1.0 has no way to write. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\t', '&#9;');
}
