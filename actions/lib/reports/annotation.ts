// Annotations of a pull request as GitHub's workflow commands: one line each, at a file, line and column.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions

export interface AnnotatedPlace {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly title: string;
}

/** The command, without a line end. */
export function annotation(
  level: 'error' | 'warning' | 'notice',
  { file, line, column, title }: AnnotatedPlace,
  message: string,
): string {
  const properties = Object.entries({ file, line, col: column, title });
  const written = properties.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  return `::${level} ${written.join(',')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
