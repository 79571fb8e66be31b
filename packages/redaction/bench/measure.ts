const ROUNDS = 5;
/** Milliseconds of work before anything is counted: until then the compiler works beside it, on the same account. */
const WARM_MS = 1_000;

/** Seconds of CPU time, the median of five rounds after one round and a second to warm up. */
export async function cpuSeconds(work: () => unknown, warmMs = WARM_MS): Promise<number> {
  const warm = performance.now() + warmMs;
  do await work();
  while (performance.now() < warm);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    await work();
    const spent = process.cpuUsage(before);
    rounds.push((spent.user + spent.system) / 1e6);
  }
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;
}

/** Megabytes (10^6) a second. */
export const megabytes = (size: number, seconds: number): number => size / 1e6 / seconds;
