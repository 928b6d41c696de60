// What doctor asks of the forge. The first question also tells whether there is anybody to ask: after silence nothing else
// is asked, since ten timeouts say no more than one.
import { PROPOSALS_CHECK } from '#lib/flows/ci/report-all.ts';
import { MAIN, MAIN_REMEDY } from '#lib/flows/main-branch.ts';
import { GATE_CHECK } from '#lib/flows/promote-gate.ts';
import type { Unreadable } from '#lib/forge/forge.ts';
import type { ForgeSettings, Protection } from '#lib/forge/settings.ts';

export interface Finding {
  readonly what: string;
  readonly outcome: 'ok' | 'missing' | 'not verified';
  /** What was found, or why it could not be read. */
  readonly found: string;
  /** What to do; null where nothing is. */
  readonly remedy: string | null;
  /** How many things it stands for: one, but for a forge that was not asked. */
  readonly things: number;
}

/** The variable by which the workflows find the app. */
const APP_VARIABLE = 'MAINLINE_APP_CLIENT_ID';
const APP_REMEDY = `Set up the app as "The app" in Mainline's README says; without it a workflow cannot read who is in a team, and nobody's approval counts.`;

type Answer<Method extends keyof ForgeSettings> = Awaited<ReturnType<ForgeSettings[Method]>>;

interface Answers {
  readonly branch: Answer<'defaultBranch'>;
  readonly main: Answer<'protectionOf'>;
  readonly state: Answer<'protectionOf'>;
  readonly tags: Answer<'protectionOfTags'>;
  readonly mistakes: Answer<'codeownersMistakes'>;
  readonly token: Answer<'tokenDefault'>;
  readonly methods: Answer<'mergeMethods'>;
}

/**
 * Everything the forge is asked, as it answers.
 * @param settings Undefined where there is no forge, or nothing to ask it with.
 * @param teams Those that CODEOWNERS names.
 */
export async function* checkForge(
  settings: ForgeSettings | undefined,
  teams: readonly string[],
): AsyncGenerator<Finding> {
  if (settings === undefined) {
    const unreadable = { unreadable: 'only the forge knows' };
    yield* skipForge(judgeAll(answersAlike(unreadable)), {
      found: 'no repository and token to ask it with',
      remedy: 'Set GITHUB_REPOSITORY=owner/name and GITHUB_TOKEN, then run it again.',
    });
    yield* judgeTeams(teams, unreadable);
    return;
  }
  const branch = await settings.defaultBranch();
  if (isUnreadable(branch) && 'isUnanswered' in branch) {
    yield* skipForge([...judgeAll(answersAlike(branch)), ...judgeTeams(teams, branch)], {
      found: `the forge does not answer (${branch.unreadable})`,
      remedy: 'Look at the network and at GITHUB_API_URL, then run it again.',
    });
    return;
  }
  const answers = await askRest(settings, branch);
  yield* judgeAll(answers);
  if (teams.length > 0) yield* judgeTeams(teams, await settings.hasVariable(APP_VARIABLE));
}

function* skipForge(
  skipped: Iterable<Finding>,
  { found, remedy }: { readonly found: string; readonly remedy: string },
): Generator<Finding> {
  yield { what: 'the forge', outcome: 'not verified', found, remedy, things: [...skipped].length };
}

const isUnreadable = (answer: unknown): answer is Unreadable =>
  typeof answer === 'object' && answer !== null && 'unreadable' in answer;

async function askRest(settings: ForgeSettings, branch: Answers['branch']): Promise<Answers> {
  return {
    branch,
    main: await settings.protectionOf(MAIN),
    state: await settings.protectionOf('mainline/state'),
    tags: await settings.protectionOfTags('*@v*'),
    mistakes: await settings.codeownersMistakes(),
    token: await settings.tokenDefault(),
    methods: await settings.mergeMethods(),
  };
}

/** The same answer to everything: what was not asked is not verified. */
function answersAlike(answer: Unreadable): Answers {
  return {
    ...{ branch: answer, main: answer, state: answer, tags: answer },
    ...{ mistakes: answer, token: answer, methods: answer },
  };
}

function judgeTeams(teams: readonly string[], hasApp: boolean | Unreadable): readonly Finding[] {
  const [first] = teams;
  if (first === undefined) return [];
  const what = `an app reads who is in ${teams.length === 1 ? first : `${first} and other teams`}`;
  const finding = judge(what, hasApp, found => (found ? null : `${APP_VARIABLE} is not set. ${APP_REMEDY}`));
  return isUnreadable(hasApp)
    ? [{ ...finding, remedy: `See whether ${APP_VARIABLE} is set. ${APP_REMEDY}` }]
    : [finding];
}

function judgeAll({ branch, main, state, tags, mistakes, token, methods }: Answers): readonly Finding[] {
  return [
    judge('the default branch is main', branch, found =>
      found === MAIN ? null : `It is ${found}. ${MAIN_REMEDY}`,
    ),
    judge('main takes pull requests that code owners approved', main, ({ review }) =>
      review?.codeOwners
        ? null
        : 'Add a ruleset for main: require a pull request and a review from code owners.',
    ),
    judge('an approval of main counts only for what it saw', main, ({ review }) =>
      review?.dismissesStale && review.lastPush
        ? null
        : 'Dismiss stale approvals on push, and require approval of the last push.',
    ),
    ...[GATE_CHECK, PROPOSALS_CHECK].map(check =>
      judge(`main requires the check ${check}`, main, ({ checks }) =>
        checks.includes(check) ? null : `Add ${check} to the required checks of main.`,
      ),
    ),
    judge('main cannot be moved back', main, staysPut('main')),
    judge('mainline/state is only appended to', state, staysPut('mainline/state')),
    judge('tags of versions stay', tags, staysPut('the tags *@v*')),
    judge('CODEOWNERS as the forge reads it', mistakes, found =>
      found === undefined
        ? 'The forge sees no CODEOWNERS on the default branch.'
        : found.length === 0
          ? null
          : found.map(({ line, message }) => `line ${line}: ${message}`).join('; '),
    ),
    judge('tokens of workflows only read, where a workflow does not say', token, ({ writes, approves }) =>
      writes || approves
        ? 'Set the default permissions of workflows to read, and let them approve nothing.'
        : null,
    ),
    judge('merge methods', methods, found => (found.length > 0 ? null : 'Allow one way to merge.')),
  ];
}

const staysPut =
  (name: string) =>
  ({ forbidsForcePush, forbidsDeletion }: Protection): string | null =>
    forbidsForcePush && forbidsDeletion ? null : `Add a ruleset for ${name}: no force-push, no deletion.`;

function judge<Answer>(
  what: string,
  answer: Answer | Unreadable,
  missing: (answer: Answer) => string | null,
): Finding {
  if (isUnreadable(answer)) {
    const remedy = 'Run it with a token that may read this, or look at the settings yourself.';
    return { what, outcome: 'not verified', found: answer.unreadable, remedy, things: 1 };
  }
  const remedy = missing(answer);
  const isMissing = remedy !== null;
  return { what, outcome: isMissing ? 'missing' : 'ok', found: isMissing ? 'no' : 'yes', remedy, things: 1 };
}
