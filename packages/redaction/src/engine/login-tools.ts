import { type Login, QUOTED, sticky, VALUE } from './login-parts.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Package managers, clouds, continuous integration and what they print. */
export const TOOLS: readonly Login[] = [
  { literals: ['cargo login ', 'wandb login '], strong: true, pattern: sticky(`\\w{5} login (?:--\\S{1,40} ){0,3}${VALUE}`) },
  { literals: ['poetry config '], pattern: sticky(`poetry config (?:pypi-token\\.\\S{1,40}|http-basic\\.\\S{1,40} \\S{1,64}) ${VALUE}`) },
  { literals: ['doctl auth init -t '], pattern: sticky(`doctl auth init -t ${VALUE}`) },
  { literals: ['cloudflared service install '], strong: true, pattern: sticky(`cloudflared service install ${VALUE}`) },
  { literals: ['bundle config '], pair: true, pattern: sticky(`bundle config (?:set )?(?:--\\w{1,16} )?[\\w.:/-]{1,80} ${VALUE}`) },
  { literals: ['mc alias set '], strong: true, pattern: sticky(`mc alias set \\S{1,64} \\S{1,120} \\S{1,80} ${VALUE}`) },
  { literals: ['-setcookie '], strong: true, pattern: sticky(`-setcookie ${VALUE}`) },
  { literals: ['db2 connect to '], pattern: sticky(`db2 connect to \\S{1,64} user \\S{1,64} using ${VALUE}`) },
  { literals: ['<<< ', '<<<"', "<<<'"], strong: true, pattern: sticky(`<<<[ ]?${VALUE}`) },
  { literals: ['+= credentials('], pattern: sticky(`\\+= credentials\\((?:[^,()\\n]{1,80},\\s{0,8}){3}${QUOTED}`) },
  { literals: ['encrypt = "', 'encrypt": "', 'encrypt":"'], pattern: sticky('encrypt"?[ ]?[:=][ ]?"([A-Za-z0-9+/]{21,43}={1,2})"') },
  {
    literals: ['wallet("0x', "wallet('0x", 'toaccount("0x', "toaccount('0x", 'accounts: ["0x', "accounts: ['0x"],
    pattern: sticky(`[\\w: ]{6,10}[([]["'](0x[0-9a-f]{64})`),
  },
  { literals: ['::add-mask::'], phrase: true, pattern: sticky('::add-mask::([^\\s$]\\S{2,400})') },
  { literals: ['issecret=true]'], phrase: true, pattern: sticky('issecret=true\\]([^\\s$]\\S{2,400})') },
  { literals: ['temporary password '], pattern: sticky('temporary password (?:is|was) [^\\n:]{0,60}: (\\S{6,64})') },
  { literals: ['unseal key '], phrase: true, pattern: sticky('unseal key \\d{1,2}[ ]?:[ ]{1,3}([\\w+/=]{20,100})') },
  { literals: ['secret_id', 'secretid"'], phrase: true, pattern: sticky(`secret_?id["']?[ ]{0,24}[:=]?[ ]{0,24}["']?(${UUID})`) },
  {
    literals: ['github-oauth"', 'gitlab-token"', 'gitlab-oauth"'],
    pattern: sticky('git\\w{3}-\\w{5}"\\s{0,4}:\\s{0,4}\\{\\s{0,40}"[\\w.-]{1,64}"\\s{0,4}:\\s{0,4}"([^"\\n]{8,200})"'),
  },
];
