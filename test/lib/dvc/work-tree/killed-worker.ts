// A process that keeps or checks out a folder, to be killed by a test: node killed-worker.ts keep|checkout root [md5].
import { join } from 'node:path';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import { createIgnore } from '#lib/dvc/scan/ignore.ts';
import { openWorkTree } from '#lib/dvc/work-tree/open-work-tree.ts';

const [, , verb, root = '', md5 = ''] = process.argv;
const tree = openWorkTree({
  ...{ root, now: Date.now, umask: 0o022, linkTypes: ['copy'], processors: 3 },
  cache: openObjectCache(join(root, '.dvc/cache')),
  stateFile: join(root, '.dvc/tmp/mainline/state'),
  ignore: createIgnore(root),
});
process.stdout.write('ready\n');
if (verb === 'keep') await tree.keep(join(root, 'data'));
else await tree.checkout({ md5 }, join(root, 'data'));
tree.save();
