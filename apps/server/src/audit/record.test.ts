import { expect, test } from 'vitest';
import { describeStores } from '../../test/stores.ts';
import { recordAudit } from './record.ts';

describeStores('B17 the audit trail', (stores) => {
  test('B17 payloads are redacted by name and by value, and no row is changed or deleted', async () => {
    const { db } = await stores.open();
    const details = {
      name: 'laptop',
      password: 'hunter2',
      prompt: 'tell me',
      note: 'key sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789',
    };
    await recordAudit(db, { actor: 'operator', action: 'token.created', subject: '1', details }, 1_000);
    const rows = await db.selectFrom('audit_event').selectAll().execute();
    expect(rows).toMatchObject([{ actor: 'operator', action: 'token.created', at: 1_000 }]);
    expect(rows[0]?.details).toContain('laptop');
    expect(rows[0]?.details).not.toMatch(/hunter2|tell me|abcdefghijklmnop/);
    await expect(db.updateTable('audit_event').set({ actor: 'nobody' }).execute()).rejects.toThrow('only grows');
    await expect(db.deleteFrom('audit_event').execute()).rejects.toThrow('only grows');
  });
});
