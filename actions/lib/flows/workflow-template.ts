// Our own workflow as others run it: actions by the commit of a release and no build of them, under names that are theirs.
// Text in, text out: comments are the reasons for each right, so they have to survive.

/** The workflows that a repository takes over, in the order in which a proposal meets them. */
export const WORKFLOWS = [
  'propose',
  'verify',
  'chat-ops',
  'review',
  'promote-gate',
  'release',
  'rollout',
  'advance',
] as const;

/** Where the actions come from. */
export interface Source {
  /** `owner/name`. */
  readonly repository: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** Of the release that commit is, such as 0.1.0; shown beside it. */
  readonly version: string;
}

export interface Grant {
  /** Such as `contents: read`. */
  readonly permission: string;
  readonly why: string;
}

/** What one job may do; nothing, without grants. */
export interface JobGrants {
  /** Name of the written file. */
  readonly workflow: string;
  readonly job: string;
  readonly grants: readonly Grant[];
}

/** For jobs that run stages of pipelines; the actions themselves bring what they need. */
const NODE_STEP = `      - uses: actions/setup-node@2028fbc5c25fe9cf00d9f06a71cc4710d4507903 # v6.0.0
        with:
          node-version: 24
          package-manager-cache: false
`;

/** The whole step, with whatever keys stand below it. */
const BUILD_STEP =
  /^ {6}- uses: \.\/\.github\/actions\/build\n(?: {8}.*\n)*( {6}- uses: \.\/actions\/setup\n)?/gmu;
const OWN_FILES = new RegExp(`(?<![\\w-])(${WORKFLOWS.join('|')})\\.yml\\b`, 'gu');

/** Name of the file that a workflow of ours becomes. */
export const templateName = (workflow: string): string => `mainline-${workflow}.yml`;

/** A workflow of ours, as it is written into another repository. */
export function asTemplate(text: string, { repository, commit, version }: Source): string {
  const named = text
    .replace(BUILD_STEP, (_, setup?: string) => (setup === undefined ? '' : `${NODE_STEP}${setup}`))
    .replace(/uses: \.\/actions\/([\w-]+)/gu, `uses: ${repository}/actions/$1@${commit} # v${version}`)
    .replace(/workflows: \[(\w+)\]/gu, 'workflows: [mainline-$1]')
    .replace(OWN_FILES, 'mainline-$1.yml')
    .replace(/^name: (.+)$/mu, 'name: mainline-$1');
  return `# Written by mainline init; run it again after deleting this file to renew it.\n${named}`;
}

/** What each job of a workflow may do, read from the lines `scope: access # why`. */
export function grantsOf(workflow: string, text: string): readonly JobGrants[] {
  const [, jobs = ''] = text.split(/^jobs:\n/mu);
  return jobs
    .split(/^ {2}(?=[\w-]+:)/mu)
    .filter(job => job.trim() !== '')
    .map(job => ({
      workflow: templateName(workflow),
      job: /^[\w-]+/u.exec(job)?.[0] ?? '',
      grants: [...job.matchAll(/^ {6}([\w-]+: (?:read|write)) # (.+)$/gmu)].map(
        ([, permission = '', why = '']) => ({ permission, why }),
      ),
    }));
}
