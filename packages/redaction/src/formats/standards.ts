import { chars, format, word } from './format.ts';

/** Formats that belong to a standard, not to a vendor. */
export const standards = [
  format('jwt', 'https://www.rfc-editor.org/rfc/rfc7519', ['eyJ', word(8, 4000), '.', word(2, 8000), '.', chars('A-Za-z0-9_.-', 0, 4000)], {
    glued: false,
  }),
  format('jwt', 'https://www.rfc-editor.org/rfc/rfc7519', ['ZXlK', chars('A-Za-z0-9+/=_-', 60, 8000)], { glued: false }),
];
