// Whose account our token writes as. A workflow's token may not ask for its own user, and is told by GraphQL alone.
import { z } from 'zod';
import { viewerSchema } from '#lib/forge/github/answers.ts';
import { ask, askGraph, isRefusal } from '#lib/forge/github/ask.ts';
import type { Client } from '#lib/forge/github/client.ts';

/** Writes what the tokens of workflows write. */
const WORKFLOWS = 'github-actions[bot]';

/** The login, as it stands beside comments. */
export async function findOwnLogin(client: Client): Promise<string> {
  const purpose = { to: 'find out whose token this is', needs: 'metadata: read' };
  try {
    const answer = z.looseObject({ login: z.string().min(1) });
    return (await ask(client, { route: 'GET /user', parameters: {}, answer, ...purpose })).login;
  } catch (error) {
    if (!isRefusal(error, 403, 404)) throw error;
  }
  try {
    const query = { text: 'query { viewer { login } }', variables: {} };
    return (await askGraph(client, query, { ...purpose, answer: viewerSchema })).viewer.login;
  } catch (error) {
    if (!isRefusal(error, 200, 403, 404)) throw error;
    return WORKFLOWS;
  }
}
