// A step is judged by what real servers counted: copies while there are only copies, answers from then on.
import { afterEach, expect, it } from 'vitest';
import { advance } from '#lib/flows/move-rollout.ts';
import { killServes, startLoad, startServe } from '../support/serve-process.ts';
import { at, halfWay, production, traffic } from '../support/serving-team.ts';

afterEach(killServes);

const PLAN = `  plan:
    steps:
      - mirror: 100
      - pause: {minSamples: 50}
      - setWeight: 50
      - pause: {minSamples: 50}
  judge:
    guards:
      - {metric: error_rate, atMost: 0.01}
`;

it('no step is passed without samples, a mirrored one by its copies, a weighted one by its answers', async () => {
  const team = await halfWay(PLAN);
  const serve = await startServe(team.work.root);
  await serve.serves({ '1.0.0.0': 100 });
  // The same server named twice is still one server.
  const servers = [serve.url, `${serve.url}/`];
  const step = () => advance({ ...at(team), ...production, servers });
  expect(await step()).toMatchObject({ outcome: 'waiting', why: expect.stringContaining("can't tell") });
  await startLoad(serve, { requests: 30 }).done;
  expect(await step()).toMatchObject({ outcome: 'waiting', why: expect.stringContaining('has 30') });
  await startLoad(serve, { requests: 40 }).done;
  expect(await step()).toMatchObject({ outcome: 'advanced', guards: [{ outcome: 'passed' }] });
  await serve.serves({ '1.0.0.0': 50, '1.0.1.0': 50 });
  expect(await step()).toMatchObject({ outcome: 'waiting' });
  await startLoad(serve, { requests: 400 }).done;
  expect(await step()).toMatchObject({ outcome: 'advanced' });
  expect(await traffic(team)).toEqual({ '1.0.1.0': 100 });
});
