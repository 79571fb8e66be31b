// Loaded into the measured program by --require: writes the longest time that its event loop stood still, in ms.
const { writeFileSync } = require('node:fs');

const TICK_MS = 5;
let last = performance.now();
let longest = 0;
let since = Number.POSITIVE_INFINITY;
setInterval(() => {
  const now = performance.now();
  if (now > since) longest = Math.max(longest, now - last - TICK_MS);
  last = now;
}, TICK_MS).unref();
process.on('SIGUSR2', () => {
  // The first signal starts the watch, every further one writes what was seen.
  if (since === Number.POSITIVE_INFINITY) since = performance.now();
  else writeFileSync(process.env.BENCH_PROBE_FILE, String(longest));
});
