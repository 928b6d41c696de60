/** The folder that the user stands in; undefined when somebody deleted it. */
export function folderHere(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
