import { readFileSync } from 'node:fs';
import { Connection, requestBytes, type Target } from './client.ts';
import { quantile, round } from './figures.ts';
import { load, STREAM_BODY } from './latency.ts';

const STREAMS = 1_000;
const MARK = Buffer.from('t=000');
const STAMP = 16;
/** Short streams that go first, so that what is measured is compiled. */
const WARM = 4_000;

/** Resident memory of a process, in MB. */
export const rss = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

interface Held {
  late: number[];
  /** The same by the second in which they came. */
  seconds: number[][];
  cut: number;
  peak: number;
}

/** Many streams at once, begun at even distances within a gap; each chunk carries the time at which the upstream wrote it. */
const hold = async (target: Target, gap: number, seconds: number, pid: number | undefined): Promise<Held> => {
  const body = STREAM_BODY.replace('Write one sentence about a fox.', `slow ${gap} ${seconds}`);
  const expected = Math.round((seconds * 1_000) / gap);
  const late: number[] = [];
  const bySecond: number[][] = [];
  const begun = performance.now();
  let cut = 0;
  let peak = 0;
  const watch = setInterval(() => {
    if (pid !== undefined) peak = Math.max(peak, rss(pid));
  }, 500);
  await Promise.all(
    Array.from({ length: STREAMS }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(gap, 2_000) * (index / STREAMS)));
      const connection = await Connection.open(target.port);
      let own = 0;
      try {
        await connection.send(requestBytes(target, body), (chunk) => {
          const now = Number(process.hrtime.bigint() / 1_000n);
          for (let at = chunk.indexOf(MARK); at >= 0; at = chunk.indexOf(MARK, at + STAMP)) {
            own++;
            const lateness = (now - Number(chunk.toString('latin1', at + 2, at + 2 + STAMP))) / 1_000;
            late.push(lateness);
            (bySecond[Math.floor((performance.now() - begun) / 1_000)] ??= []).push(lateness);
          }
        });
      } catch {
        cut++;
      }
      if (own < expected) cut++;
      connection.close();
    }),
  );
  clearInterval(watch);
  return { late, seconds: bySecond, cut, peak };
};

/** The p99 of the second that is the median of all: what another program does to some seconds is not in it. */
const medianSecond = ({ seconds }: Held): number =>
  quantile(
    Object.values(seconds).map((late) => quantile(late, 0.99)),
    0.5,
  );

const show = (name: string, held: Held, direct?: Held): object => {
  const { late, cut, peak } = held;
  return {
    name,
    cut,
    chunks: late.length,
    'p50 ms': round(quantile(late, 0.5), 2),
    'p99 ms': round(quantile(late, 0.99), 2),
    ...(direct ? { 'added p99 ms': round(quantile(late, 0.99) - quantile(direct.late, 0.99), 2) } : {}),
    'p99 of the median second': round(medianSecond(held), 2),
    ...(direct ? { 'added there': round(medianSecond(held) - medianSecond(direct), 2) } : {}),
    ...(peak > 0 ? { 'peak RSS MB': Math.round(peak) } : {}),
  };
};

/** A thousand streams at once, straight to the upstream and then through the platform. */
export const streams = async (direct: Target, own: Target, pid: number | undefined, gap: number, seconds: number): Promise<void> => {
  for (const target of [direct, own]) {
    let left = WARM;
    await load(target, 64, () => left-- <= 0, STREAM_BODY);
  }
  const straight = await hold(direct, gap, seconds, undefined);
  const through = await hold(own, gap, seconds, pid);
  console.log(`\n${STREAMS} streams of ${seconds} s at once, a chunk each ${gap} ms (${(STREAMS * 1_000) / gap} chunks a second)`);
  console.table([show('direct', straight), show(own.name, through, straight)]);
};
