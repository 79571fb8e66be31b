import type { Format } from '../types.ts';
import { ai } from './ai.ts';
import { chat } from './chat.ts';
import { clouds } from './clouds.ts';
import { codeHosts } from './code-hosts.ts';
import { infrastructure } from './infrastructure.ts';
import { mogplex } from './mogplex.ts';
import { observability } from './observability.ts';
import { payments } from './payments.ts';
import { registries } from './registries.ts';
import { services } from './services.ts';
import { standards } from './standards.ts';

/** Every published format that is looked for. The first one that matches gives the mask its name. */
export const catalogue: readonly Format[] = [
  ...mogplex,
  ...ai,
  ...codeHosts,
  ...chat,
  ...clouds,
  ...infrastructure,
  ...registries,
  ...payments,
  ...observability,
  ...services,
  ...standards,
];
