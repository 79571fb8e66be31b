/** A provider that answers at once, in OpenAI's format: the same one behind every gateway. Prints its port. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const USAGE = { prompt_tokens: 20, completion_tokens: 16, total_tokens: 36 };
const TEXT = 'The quick brown fox jumps over the lazy dog and then has a rest.';
const JSON_ANSWER = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'gpt-5',
  choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }],
  usage: USAGE,
});

const frame = (content: string, extra: object = {}): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'gpt-5', choices: [{ index: 0, delta: { content }, finish_reason: null }], ...extra })}\n\n`;

const USAGE_FRAME = `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'gpt-5', choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`;

const quickStream = (response: ServerResponse): void => {
  for (const word of TEXT.split(' ')) response.write(frame(`${word} `));
  response.end(USAGE_FRAME);
};

const STAMP = '0'.repeat(16);
const SLOW_FRAME = Buffer.from(frame(`t=${STAMP};`));
const STAMP_AT = SLOW_FRAME.indexOf(STAMP);

/**
 * One frame every `gap` milliseconds for `seconds`; each carries the time it was written at, in microseconds of the machine's own
 * clock. Frames are put together by hand, so that the upstream costs little beside what is measured.
 */
const slowStream = (response: ServerResponse, gap: number, seconds: number): void => {
  const frames = Math.round((seconds * 1_000) / gap);
  let sent = 0;
  const timer = setInterval(() => {
    sent++;
    const bytes = Buffer.from(SLOW_FRAME);
    bytes.latin1Write(String(process.hrtime.bigint() / 1_000n).padStart(STAMP.length, '0'), STAMP_AT);
    response.write(bytes);
    if (sent < frames) return;
    clearInterval(timer);
    response.end(USAGE_FRAME);
  }, gap);
  response.on('close', () => clearInterval(timer));
};

const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const body = Buffer.concat(chunks);
    if (!body.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(JSON_ANSWER) }).end(JSON_ANSWER);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const slow = /slow (\d+) (\d+)/.exec(body.toString());
    if (slow) slowStream(response, Number(slow[1]), Number(slow[2]));
    else quickStream(response);
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
