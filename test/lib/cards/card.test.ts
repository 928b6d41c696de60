import { expect, it } from 'vitest';
import { updateCard } from '#lib/cards/card.ts';
import { proposal } from '../../support/proposal.ts';
import { plain } from '../../support/workspace.ts';

it('a first card has the facts and asks its owners for what only they can say', () => {
  const card = plain(updateCard(undefined, proposal()));
  expect(card).toContain('# Model card: parcels');
  expect(card).toContain('| **rmse** | **2.050 min** | **1.900 to 2.200** | **6.480 min** |');
  expect(card).toContain('| Backup | random-forest |');
  expect(card).toMatch(/## Intended use\n\n_Which decision/);
});

it("the owners' words stay to the letter, whatever the facts become", () => {
  const card = updateCard(undefined, proposal())
    .replace('# Model card: parcels', '# Parcels\n\nOurs since 2019.')
    .replace(/_Which decision.*_/, 'Tells people when to be at home.');
  const model = proposal().model;
  const renamed = proposal({
    model: { ...model, metadata: { ...model.metadata, description: 'Something else' } },
  });
  const updated = updateCard(card, renamed);
  expect(updated).toContain('# Parcels\n\nOurs since 2019.');
  expect(updated).toContain('Tells people when to be at home.');
  expect(updated).toContain('Something else.');
  expect(updated).not.toContain('Minutes until a parcel is there');
});

it('the same facts give the same bytes, and nothing measured in time is among them', () => {
  const card = updateCard(undefined, proposal());
  const slower = proposal({ costs: {}, base: null, changes: ['x changed'] });
  expect(updateCard(card, slower)).toBe(card);
});

it('a card without markers keeps its text and gets the facts at its end', () => {
  const card = updateCard('# Mine\n\nAll by hand.\n', proposal());
  expect(card.startsWith('# Mine\n\nAll by hand.\n\n<!-- mainline:begin facts')).toBe(true);
  expect(updateCard(card, proposal())).toBe(card);
});

it('a dollar sign in a fact is a dollar sign, not a reference to the old card', () => {
  const model = proposal().model;
  const costly = proposal({
    model: { ...model, metadata: { ...model.metadata, description: 'Costs $& in US$' } },
  });
  const card = updateCard(updateCard(undefined, proposal()), costly);
  expect(card.match(/mainline:begin facts/g)).toHaveLength(1);
  expect(card).toMatch(/^Costs .* in US/m);
});
