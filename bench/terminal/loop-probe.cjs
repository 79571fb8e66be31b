// Loaded into the measured program by --require: writes the longest time that its event loop stood still, in ms, and
// how much of the worst standstill the thread itself was computing (the rest it waited for a processor).
const { writeFileSync } = require('node:fs');

const TICK_MS = 5;

/** CPU time of this thread, ms. */
const computed = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

let last = performance.now();
let lastComputed = computed();
let longest = 0;
let longestComputed = 0;
let watching = false;
setInterval(() => {
  const now = performance.now();
  const nowComputed = computed();
  if (watching) {
    longest = Math.max(longest, now - last - TICK_MS);
    longestComputed = Math.max(longestComputed, nowComputed - lastComputed);
  }
  last = now;
  lastComputed = nowComputed;
}, TICK_MS).unref();
process.on('SIGUSR2', () => {
  // The first signal starts the watch, every further one writes what was seen.
  if (watching) writeFileSync(process.env.BENCH_PROBE_FILE, JSON.stringify({ longest, computed: longestComputed }));
  watching = true;
});
