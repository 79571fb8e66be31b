// Refreshes one login again and again and says each refresh when it is durable: refresher.ts <home> <token server> <from> <to> <death>
// Before one step in <death> it ends itself with SIGKILL, save in the one place where an answer would be lost with it.
import { refreshVault } from './operations.ts';

const [home = '', url = '', from = '', to = '', death = ''] = process.argv.slice(2);
const KEEPS_ANSWER = new Set(['refresh:answered', 'refresh:write']);
const mayDie = (step: string): void => {
  if (!KEEPS_ANSWER.has(step) && Math.random() < 1 / Number(death)) process.kill(process.pid, 'SIGKILL');
};
for (let n = Number(from); n < Number(to); n += 1) {
  await refreshVault(home, url, mayDie);
  process.stdout.write(`${n}\n`);
}
