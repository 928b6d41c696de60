// Takes the README's picture of a report: from the top to the end of its first chart, 1200 pixels wide, light.
// Needs Chromium on PATH and `npm start` before it; run by hand after the report's looks change.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');
const report = join(root, '.mainline/reports/delivery-time.html');
const picture = join(root, '.github/report.png');
const width = 1200;
const largestKilobytes = 250;
/** Folded parts stay folded; the picture ends a little below the first chart. */
const measure = `Math.ceil(document.querySelector('figure').getBoundingClientRect().bottom) + 6`;

/** Sends one command of the DevTools protocol and gives its result. */
type Send = (method: string, params?: object) => Promise<Record<string, unknown>>;

async function takePicture(send: Send): Promise<Buffer> {
  const device = { width, height: 900, deviceScaleFactor: 1, mobile: false };
  await send('Emulation.setDeviceMetricsOverride', device);
  const features = [{ name: 'prefers-color-scheme', value: 'light' }];
  await send('Emulation.setEmulatedMedia', { media: 'screen', features });
  const { result } = (await send('Runtime.evaluate', { expression: measure })) as {
    result: { value: number };
  };
  const clip = { x: 0, y: 0, width, height: result.value, scale: 1 };
  const { data } = await send('Page.captureScreenshot', { captureBeyondViewport: true, clip });
  return Buffer.from(String(data), 'base64');
}

/** The address of the page's debugger, once Chromium has written where it listens. */
async function findPage(profile: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    await new Promise(resolve => setTimeout(resolve, 200));
    const port = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => undefined);
    if (!port) continue;
    const reply = await fetch(`http://127.0.0.1:${port.split('\n')[0]}/json`);
    const pages = (await reply.json()) as { type: string; title: string; webSocketDebuggerUrl: string }[];
    const page = pages.find(({ type, title }) => type === 'page' && title.includes('delivery-time'));
    if (page) return page.webSocketDebuggerUrl;
  }
  throw new Error(`Chromium did not open ${report}: run npm start first`);
}

async function connect(address: string): Promise<{ readonly send: Send; readonly close: () => void }> {
  const socket = new WebSocket(address);
  await new Promise(resolve => socket.addEventListener('open', resolve, { once: true }));
  let last = 0;
  const send: Send = (method, params = {}) => {
    const id = ++last;
    return new Promise((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data)) as { id?: number; result?: Record<string, unknown> };
        if (message.id !== id) return;
        if (message.result) resolve(message.result);
        else reject(new Error(`${method}: ${data}`));
      });
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
    pathToFileURL(report).href,
  ],
  { stdio: 'ignore' },
);
const ended = new Promise(resolve => chromium.once('exit', resolve));
try {
  const page = await connect(await findPage(profile));
  const bytes = await takePicture(page.send);
  page.close();
  const kilobytes = Math.ceil(bytes.length / 1000);
  if (kilobytes > largestKilobytes) throw new Error(`${kilobytes} kB; at most ${largestKilobytes}`);
  await writeFile(picture, bytes);
  process.stdout.write(`.github/report.png: ${kilobytes} kB\n`);
} finally {
  chromium.kill();
  await ended;
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
