import { expect, test } from 'vitest';
import { checkProfile, type OAuthProfile } from './profile.ts';
import { refusedUrl } from './url.ts';

const profile: OAuthProfile = {
  provider: 'acme',
  serviceName: 'Acme',
  issuer: 'https://login.acme.example',
  endpoints: { authorization: 'https://login.acme.example/authorize', token: 'https://login.acme.example/token' },
  clientId: 'client',
  scopes: ['openid'],
  hosts: ['api.acme.example'],
};

test('C8 failure 9: parameters of the protocol cannot be overridden', () => {
  for (const name of ['state', 'redirect_uri', 'STATE', 'code_challenge', 'response_type', 'client_id', 'scope', 'request_uri']) {
    expect(() => checkProfile({ ...profile, extraAuthParams: { [name]: 'x' } })).toThrow(`extraAuthParams may not set ${name}`);
  }
  expect(checkProfile({ ...profile, extraAuthParams: { access_type: 'offline' } })).toBeDefined();
});

test('C8 failure 9: endpoints are https or loopback, and never a metadata service', () => {
  const refused = [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'http://login.acme.example/token',
    'http://192.168.0.10/token',
    'https://169.254.169.254/latest/meta-data',
    'https://[fe80::1]/token',
    'https://[::ffff:169.254.169.254]/',
    'https://0.0.0.0/token',
    'https://user:password@login.acme.example/token',
    '/token',
    '',
  ];
  for (const url of refused) {
    expect(refusedUrl(url)).toBeDefined();
    const endpoints = { authorization: url, token: 'https://login.acme.example/token' };
    expect(() => checkProfile({ ...profile, endpoints })).toThrow('the OAuth profile of acme: authorization:');
  }
  for (const url of ['https://login.acme.example', 'http://localhost:8080/x', 'http://127.0.0.1:1/x', 'http://[::1]:1/x']) {
    expect(refusedUrl(url)).toBeUndefined();
  }
});

test('C8 failure 9: the callback stays on this machine, and hosts are plain names', () => {
  const callback = { ...profile, redirect: { host: 'evil.example' as 'localhost' } };
  expect(() => checkProfile(callback)).toThrow('the callback is on localhost or 127.0.0.1');
  expect(() => checkProfile({ ...profile, redirect: { port: 70_000 } })).toThrow('a port from 0 to 65535');
  expect(() => checkProfile({ ...profile, hosts: ['https://api.acme.example/'] })).toThrow('hosts are plain host names');
});
