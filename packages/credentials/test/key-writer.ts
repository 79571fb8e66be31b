// Stores keys one after the other and says each when it is durable: key-writer.ts <home> <name> <from> <to>
import { openAuthFile } from '../src/auth-file.ts';
import { Secret } from '../src/secret.ts';

const [home = '', name = '', from = '', to = ''] = process.argv.slice(2);
const file = openAuthFile(home);
for (let n = Number(from); n < Number(to); n += 1) {
  await file.setKey(`${name}-${n}`, new Secret(`sk-${name}-${n}-0123456789`, 'test'));
  process.stdout.write(`${n}\n`);
}
