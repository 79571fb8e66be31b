export { createRedactor, type Redactor } from './redactor.ts';
export { nodeStream } from './stream.ts';
export { createKnownValues, knownValues } from './known.ts';
export { profiles } from './profiles.ts';
export type {
  Caps,
  ChunkRedactor,
  ErrorResult,
  Format,
  FormatPart,
  Json,
  JsonResult,
  KnownEntry,
  KnownRegistry,
  Masked,
  ObjectResult,
  RedactorOptions,
  TextResult,
} from './types.ts';
