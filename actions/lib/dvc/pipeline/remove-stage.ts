// Takes a stage out of dvc.yaml as DVC does: the other stages keep their comments and order.
import type { RoundNode } from '#lib/dvc/values/round-trip.ts';
import { readRoundTrip } from '#lib/dvc/values/round-trip-read.ts';
import { writeRoundTrip } from '#lib/dvc/values/round-trip-write.ts';
import { ConfigurationError } from '#lib/errors.ts';

/**
 * @returns the text without the stage; undefined when it was the last one and the file is to go.
 * @throws ConfigurationError for a stage that a template makes, or a file that cannot be edited.
 */
export function removeStageText(text: string, file: string, name: string): string | undefined {
  const document = readRoundTrip(text);
  const stages = document?.root.members.find(({ key }) => key === 'stages')?.value;
  if (!document || stages?.kind !== 'map') {
    throw new ConfigurationError(`${file} uses anchors in a way that an edit would lose`, {
      at: { file },
      remedy: `Take the stage ${name} out by hand.`,
    });
  }
  const [base = ''] = name.split('@');
  const member = stages.members.find(({ key }) => key === name);
  if (!member || isTemplate(member.value)) {
    throw new ConfigurationError(`${name} is made by a template, and is not removed by itself`, {
      at: { file },
      remedy: `Take ${base} out of the file by hand.`,
    });
  }
  const members = stages.members.filter(({ key }) => key !== name);
  if (members.length === 0) return undefined;
  const root = {
    ...document.root,
    members: document.root.members.map(one =>
      one.key === 'stages' ? { ...one, value: { ...stages, members } } : one,
    ),
  };
  return writeRoundTrip({ ...document, root });
}

/** DVC leaves whatever holds a template to people. */
function isTemplate(node: RoundNode): boolean {
  if (node.kind === 'scalar') return typeof node.value === 'string' && /(?<!\\)\$\{/u.test(node.value);
  if (node.kind === 'list') return node.items.some(item => isTemplate(item.node));
  return node.members.some(
    ({ key, value }) => /^(?:foreach|matrix)$/u.test(String(key)) || isTemplate(value),
  );
}
