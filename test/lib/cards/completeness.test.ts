import { expect, it } from 'vitest';
import { updateCard } from '#lib/cards/card.ts';
import { completenessOf, ownersText } from '#lib/cards/completeness.ts';
import { proposal } from '../../support/proposal.ts';

const begun = updateCard(undefined, proposal());

it('a card that was only begun lacks every part', () => {
  expect(completenessOf(begun)).toEqual({
    written: [],
    missing: ['Intended use', 'Out of scope', 'Limits', 'Cost of errors', 'Oversight'],
  });
  expect(completenessOf(undefined).missing).toHaveLength(5);
});

it('a part is written when it says something besides the question', () => {
  const answered = begun.replace(
    '_What must it not be used for?_',
    '_What must it not be used for?_\n\nFreight above 30 kg, and parcels to islands.',
  );
  expect(completenessOf(answered).written).toEqual(['Out of scope']);
});

it('what nobody sees, and a word or two, is no part', () => {
  const hidden = begun.replace(
    '_What must it not be used for?_',
    '<!-- freight above 30 kg and more -->\n\nto do',
  );
  expect(completenessOf(hidden).written).toEqual([]);
});

it("the owners' words stay the same when the facts change", () => {
  const { model, ...rest } = proposal();
  const later = updateCard(begun, {
    ...rest,
    model: { ...model, metadata: { ...model.metadata, owners: ['@acme/b'] } },
  });
  expect(later).not.toBe(begun);
  expect(ownersText(later)).toBe(ownersText(begun));
});
