import { alnum, format, hex, word } from './format.ts';
import { mogplexChecksum } from './checksum.ts';

const source = 'docs/redaction.md';

/** The platform's own tokens. */
export const mogplex = [
  format('mogplex-token', source, [['mog_at_', 'mog_rt_', 'mog_run_'], word(20, 200)]),
  format('mogplex-token', source, ['mog_', alnum(24, 80)], { checksum: mogplexChecksum }),
  format('mogplex-device-code', source, ['mog_dc_', word(16, 120)]),
  format('mogplex-key-id', source, ['mog_mk_', hex(32, 64)]),
];
