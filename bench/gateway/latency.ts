import { Connection, requestBytes, type Target } from './client.ts';
import { milliseconds, quantile, round } from './figures.ts';

const JSON_BODY = '{"model":"gpt-5","max_completion_tokens":64,"messages":[{"role":"user","content":"Write one sentence about a fox."}]}';
export const STREAM_BODY =
  '{"model":"gpt-5","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":64,"messages":[{"role":"user","content":"Write one sentence about a fox."}]}';
const WARM = 5_000;
const ROUNDS = 12;
const PER_ROUND = 600;
/** Requests at the start of a round that are not counted, since the other targets have just had the machine. */
const BACK = 100;

interface Line {
  target: Target;
  connection: Connection;
  request: Buffer;
  all: number[];
  /** The median of each round. */
  rounds: number[];
}

const ask = async ({ target, connection, request }: Line, firstByte: boolean): Promise<number> => {
  const from = process.hrtime.bigint();
  const { status, firstByteAt } = await connection.send(request);
  const to = process.hrtime.bigint();
  if (status !== 200) throw new Error(`${target.name} answered ${status}`);
  return milliseconds(from, firstByte ? firstByteAt : to);
};

const open = async (target: Target, body: string): Promise<Line> => ({
  target,
  connection: await Connection.open(target.port),
  request: requestBytes(target, body),
  all: [],
  rounds: [],
});

/** Opens a line and warms what is behind it; a peer that is slow is warmed with fewer requests. */
const warm = async (target: Target, body: string): Promise<Line> => {
  const line = await open(target, body);
  const until = performance.now() + 10_000;
  for (let count = 0; count < WARM && performance.now() < until; count++) await ask(line, false);
  return line;
};

const measure = async (title: string, targets: readonly Target[], body: string, firstByte: boolean): Promise<void> => {
  const lines: Line[] = [];
  for (const target of targets) lines.push(await warm(target, body));
  // Rounds in turn, so that each target meets the same load of other programs.
  for (let count = 0; count < ROUNDS; count++) {
    for (const line of lines) {
      const times: number[] = [];
      for (let index = 0; index < BACK; index++) await ask(line, firstByte);
      for (let index = 0; index < PER_ROUND; index++) times.push(await ask(line, firstByte));
      line.all.push(...times);
      line.rounds.push(quantile(times, 0.5));
    }
  }
  const [direct] = lines;
  console.log(`\n${title}: one connection, ${WARM} requests to warm, then ${ROUNDS} rounds of ${PER_ROUND} in turn`);
  console.table(
    lines.map(({ target, all, rounds }) => {
      const added = rounds.map((own, index) => own - (direct?.rounds[index] ?? 0));
      return {
        name: target.name,
        'p50 ms': round(quantile(all, 0.5), 3),
        'p99 ms': round(quantile(all, 0.99), 3),
        'added p50 ms': round(quantile(all, 0.5) - quantile(direct?.all ?? [], 0.5), 3),
        'in the quieter half': round(quantile(added, 0.25), 3),
      };
    }),
  );
  for (const { connection } of lines) connection.close();
};

/** Added latency of single requests: of the whole answer, and of the first byte of a stream. */
export const latency = async (targets: readonly Target[]): Promise<void> => {
  await measure('JSON', targets, JSON_BODY, false);
  await measure('First byte of a stream', targets, STREAM_BODY, true);
};

/** Sends requests on many connections until told to stop. @returns how many were answered. */
export const load = async (target: Target, connections: number, until: () => boolean, body = JSON_BODY): Promise<number> => {
  const request = requestBytes(target, body);
  let count = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = await Connection.open(target.port);
      while (!until()) {
        const { status } = await connection.send(request);
        if (status !== 200) throw new Error(`${target.name} answered ${status}`);
        count++;
      }
      connection.close();
    }),
  );
  return count;
};
