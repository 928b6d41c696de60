// Which models a change touches: in a monorepo a pull request should pay only for what it changes.

/** Where a model's inputs live, relative to the root; a folder stands for everything below it. */
export interface ModelInputs {
  readonly name: string;
  readonly paths: readonly string[];
}

/** Names of the models with a changed path among their inputs. */
export function affectedModels(
  models: readonly ModelInputs[],
  changed: readonly string[],
): readonly string[] {
  return models
    .filter(({ paths }) => changed.some(path => paths.some(input => covers(input, path))))
    .map(({ name }) => name);
}

function covers(input: string, path: string): boolean {
  return path === input || path.startsWith(`${input}/`);
}
