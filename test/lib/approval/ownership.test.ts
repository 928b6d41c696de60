import { describe, expect, test } from 'vitest';
import { decideApproval } from '#lib/approval/decide.ts';
import { changesAsked, request, review } from './request.ts';

describe('a team that could not be read', () => {
  const teams = { 'org/risk': { unreadable: 'HTTP 404' } };

  test('approves nothing, and the reason names it', () => {
    const decision = decideApproval(request({ teams, reviews: [review('dave')] }));
    expect(decision.reasons[0]).toContain('the members of @org/risk could not be read (HTTP 404)');
  });

  test('that nobody asked for is not readable either', () => {
    const decision = decideApproval(request({ teams: {}, reviews: [review('dave')] }));
    expect(decision.reasons[0]).toContain('nobody wrote them down');
  });

  test('does not take from an owner who is named beside it', () => {
    expect(decideApproval(request({ teams, reviews: [review('alice')] })).approved).toBe(true);
  });

  test('may hold whoever asks for changes', () => {
    const decision = decideApproval(request({ teams, reviews: [review('alice'), changesAsked('dave')] }));
    expect(decision.reasons).toEqual([expect.stringContaining('@dave asks for changes and may be an owner')]);
  });
});

test('teams compare without regard to case, and names of object members are no teams', () => {
  const teams = { 'Org/Risk': { members: ['DAVE'] } };
  expect(decideApproval(request({ teams, reviews: [review('dave')] })).approved).toBe(true);
  const odd = request({ codeowners: '* @constructor/name @toString', reviews: [review('dave')] });
  expect(decideApproval(odd).approved).toBe(false);
});

test('letters that only look like a login are another login', () => {
  const reviews = [review('\u212Aate')];
  const writers = ['kate'];
  expect(decideApproval(request({ codeowners: '* @kate', writers, reviews })).approved).toBe(false);
});
