// The parts of a card: the lines around the generated facts, and what only people can say.

/** Where a model's card lives, relative to the root. */
export function cardPath(model: string): string {
  return `model-cards/${model}.md`;
}

/** Around the facts; a person may change the words behind the marker. */
export const BEGIN_LINE = /^<!-- mainline:begin facts\b.*$/m;
export const END_LINE = /^<!-- mainline:end facts\b.*$/m;

/** What only people can say, and what each part should answer. */
export const OWNERS_PARTS: readonly (readonly [title: string, question: string])[] = [
  ['Intended use', 'Which decision does the model support, and who acts on its answer?'],
  ['Out of scope', 'What must it not be used for?'],
  ['Limits', 'Which cases does it serve badly, and how does a person notice?'],
  ['Cost of errors', 'What does each kind of mistake cost, and whom?'],
  ['Oversight', 'Which part is automatic, and who can overrule it?'],
];
