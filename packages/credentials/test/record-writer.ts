// Writes records one after the other and says each when it is durable: record-writer.ts <home> <name> <from> <to>
import { bundle } from './operations.ts';
import { testVault } from './vault-fixtures.ts';

const [home = '', name = '', from = '', to = ''] = process.argv.slice(2);
const vault = testVault(home);
for (let n = Number(from); n < Number(to); n += 1) {
  await vault.put(`oauth/${name}/tokens-${n % 20}`, bundle(`${name}-${n}-0123456789`));
  process.stdout.write(`${n}\n`);
}
