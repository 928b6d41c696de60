// Answers commands in comments. The comment is a stranger's text: it becomes one of three commands, for people who may write.
import { resolve } from 'node:path';
import { z } from 'zod';
import { runAction } from '#lib/action.ts';
import { answerChat } from '#lib/flows/chat/answer.ts';
import { replyChat } from '#lib/flows/chat/reply.ts';
import { inputs, outputs } from './interface.ts';

const eventSchema = z
  .object({
    issue: z.object({ number: z.int().positive(), pull_request: z.object({}) }),
    comment: z.object({
      id: z.int().positive(),
      body: z.string(),
      user: z.object({ login: z.string() }),
    }),
  })
  .transform(({ issue, comment: { id, body, user } }) => ({
    id,
    body,
    user: user.login,
    pull: issue.number,
  }));

await runAction({
  inputs,
  outputs,
  secrets: ['token'],
  run: async ({ verified, token }, { workspace, repository, apiUrl, serverUrl, event, say }) => {
    const chat = {
      ...{ directory: workspace, comment: eventSchema.parse(event) },
      access: { repository, token, apiUrl, serverUrl },
    };
    if (verified !== undefined) {
      await replyChat({ ...chat, verified: resolve(workspace, verified) });
      return { outputs: { needs: 'nothing', 'run-id': '', head: '', revision: '' } };
    }
    const needed = await answerChat(chat, say);
    say(`It needs: ${needed.what}`);
    return {
      outputs: {
        needs: needed.what,
        'run-id': needed.what === 'nothing' ? '' : String(needed.run),
        head: needed.what === 'nothing' ? '' : needed.head,
        revision: needed.what === 'compared' ? needed.revision : '',
      },
    };
  },
});
