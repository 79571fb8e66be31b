// Runs one operation and ends itself with SIGKILL before its n-th step: walker.ts <operation> <home> <token server> <n>
import { OPERATIONS, type Operation, type OperationName } from './operations.ts';

const [name, home = '', url = '', last = ''] = process.argv.slice(2);
let steps = 0;
const operation: Operation | undefined = OPERATIONS[name as OperationName];
await operation?.(home, url, (step) => {
  if (steps === Number(last)) {
    process.stdout.write(`${step}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
  steps += 1;
});
