// Takes the README's pictures, light: a report from the top to the end of its first chart, and a comment from the top to
// its first fold. Needs Chromium on PATH, and `npm start` and `npm run preview` before it; run by hand after looks change.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');
const largestKilobytes = 250;

interface Picture {
  /** Relative to the repository, like the picture. */
  readonly page: string;
  readonly file: string;
  /** In pixels. */
  readonly width: number;
  /** JavaScript for where it ends. Folded parts stay folded. */
  readonly end: string;
}

const pictures: readonly Picture[] = [
  {
    page: '.mainline/reports/delivery-time.html',
    file: '.github/report.png',
    width: 1200,
    end: `document.querySelector('figure').getBoundingClientRect().bottom + 6`,
  },
  {
    page: '.mainline/preview/comments/worse-in-one-slice.html',
    file: '.github/comment.png',
    width: 900,
    end: `document.querySelector('details').getBoundingClientRect().top - 8`,
  },
];

/** Sends one command of the DevTools protocol and gives its result. */
type Send = (method: string, params?: object) => Promise<Record<string, unknown>>;

async function takePicture(send: Send, { page, width, end }: Picture): Promise<Buffer> {
  const device = { width, height: 900, deviceScaleFactor: 1, mobile: false };
  await send('Emulation.setDeviceMetricsOverride', device);
  const features = [{ name: 'prefers-color-scheme', value: 'light' }];
  await send('Emulation.setEmulatedMedia', { media: 'screen', features });
  await send('Page.navigate', { url: pathToFileURL(join(root, page)).href });
  const height = await measure(send, `document.readyState === 'complete' ? Math.ceil(${end}) : 0`, page);
  const clip = { x: 0, y: 0, width, height, scale: 1 };
  const { data } = await send('Page.captureScreenshot', { captureBeyondViewport: true, clip });
  return Buffer.from(String(data), 'base64');
}

/** The value of an expression as soon as it is more than zero. */
async function measure(send: Send, expression: string, page: string): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { result } = (await send('Runtime.evaluate', { expression })) as { result: { value?: number } };
    if (result.value !== undefined && result.value > 0) return result.value;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`Chromium did not open ${page}: run npm start and npm run preview first`);
}

/** The address of the page's debugger, once Chromium has written where it listens. */
async function findPage(profile: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    await new Promise(resolve => setTimeout(resolve, 200));
    const port = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => undefined);
    if (!port) continue;
    const reply = await fetch(`http://127.0.0.1:${port.split('\n')[0]}/json`);
    const pages = (await reply.json()) as { type: string; webSocketDebuggerUrl: string }[];
    const page = pages.find(({ type }) => type === 'page');
    if (page) return page.webSocketDebuggerUrl;
  }
  throw new Error('Chromium did not start');
}

async function connect(address: string): Promise<{ readonly send: Send; readonly close: () => void }> {
  const socket = new WebSocket(address);
  await new Promise(resolve => socket.addEventListener('open', resolve, { once: true }));
  let last = 0;
  const send: Send = (method, params = {}) => {
    const id = ++last;
    return new Promise((resolve, reject) => {
      const answer = ({ data }: MessageEvent): void => {
        const message = JSON.parse(String(data)) as { id?: number; result?: Record<string, unknown> };
        if (message.id !== id) return;
        socket.removeEventListener('message', answer);
        if (message.result) resolve(message.result);
        else reject(new Error(`${method}: ${data}`));
      };
      socket.addEventListener('message', answer);
      socket.send(JSON.stringify({ id, method, params }));
    });
  };
  return { send, close: () => socket.close() };
}

const profile = await mkdtemp(join(tmpdir(), 'picture-'));
const chromium = spawn(
  'chromium',
  [
    '--headless',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--hide-scrollbars',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    // Chromium refuses its sandbox to root, as in a container.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    'about:blank',
  ],
  { stdio: 'ignore' },
);
const ended = new Promise(resolve => chromium.once('exit', resolve));
try {
  const page = await connect(await findPage(profile));
  for (const picture of pictures) {
    const bytes = await takePicture(page.send, picture);
    const kilobytes = Math.ceil(bytes.length / 1000);
    if (kilobytes > largestKilobytes)
      throw new Error(`${picture.file}: ${kilobytes} kB; at most ${largestKilobytes}`);
    await writeFile(join(root, picture.file), bytes);
    process.stdout.write(`${picture.file}: ${kilobytes} kB\n`);
  }
  page.close();
} finally {
  chromium.kill();
  await ended;
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
