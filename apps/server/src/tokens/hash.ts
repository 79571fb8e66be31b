import { hash } from 'node:crypto';

/** SHA-256 of a whole token, hexadecimal: the only form in which one is stored. */
export const hashToken = (token: string): string => hash('sha256', token, 'hex');
