const ROUNDS = 5;

/** Seconds of CPU time, the median of five rounds after one to warm up. */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    await work();
    const spent = process.cpuUsage(before);
    if (round > 0) rounds.push((spent.user + spent.system) / 1e6);
  }
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;
}

/** Megabytes (10^6) a second. */
export const megabytes = (size: number, seconds: number): number => size / 1e6 / seconds;
