import { describe, expect, test } from 'vitest';
import { loadConfig } from './config.ts';

describe('settings', () => {
  test('D8 with nothing set the platform listens on loopback and keeps its store under the home folder', () => {
    expect(loadConfig({ HOME: '/home/op' })).toMatchObject({
      host: '127.0.0.1',
      port: 4100,
      dataDir: '/home/op/.mogplex/server',
      trustedProxies: [],
      limits: { perKey: 60 },
    });
  });

  test('an empty variable counts as unset', () => {
    const config = loadConfig({ HOME: '/home/op', MOGPLEX_PORT: '', DATABASE_URL: '', MOGPLEX_MASTER_KEY: '' });
    expect(config.port).toBe(4100);
    expect(config).not.toHaveProperty('databaseUrl');
    expect(config).not.toHaveProperty('masterKey');
  });

  test('D1 what holds a password cannot be printed', () => {
    const config = loadConfig({ DATABASE_URL: 'postgresql://u:hunter2hunter2@db/m', MOGPLEX_MASTER_KEY: 'k3y-material-k3y-material' });
    expect(JSON.stringify(config)).not.toMatch(/hunter2|k3y-material/);
  });

  test.each([
    ['MOGPLEX_PORT', '65536'],
    ['MOGPLEX_PORT', 'http'],
    ['DATABASE_URL', 'mysql://u:hunter2@db/m'],
    ['MOGPLEX_PUBLIC_URL', 'mogplex.example'],
    ['MOGPLEX_PUBLIC_URL', 'ftp://mogplex.example'],
    ['MOGPLEX_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['MOGPLEX_TRUSTED_PROXIES', 'proxy.internal'],
    ['MOGPLEX_RATE_LIMIT', '-77'],
    ['MOGPLEX_RATE_LIMIT', '1.5'],
    ['MOGPLEX_LOG', 'loud'],
    ['MOGPLEX_SECRET_SCANNING_KEYS', 'http://keys.example/meta'],
  ])('%s=%s is refused by name, without the value', (name, value) => {
    const load = () => loadConfig({ HOME: '/home/op', [name]: value });
    expect(load).toThrow(name);
    expect(load).not.toThrow(value);
  });
});
