// Takes the lock of argv[2], says so, and holds it until it is killed.
import { withFileLock } from '../src/lock.ts';

await withFileLock(process.argv[2]!, async () => {
  process.stdout.write('held\n');
  await new Promise(() => setInterval(() => undefined, 1000));
});
