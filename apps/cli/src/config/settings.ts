import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';

/** Permission modes from the strictest to the widest. */
export const PERMISSION_MODES = ['read-only', 'ask', 'auto'] as const;

export type PermissionMode = (typeof PERMISSION_MODES)[number];

/** Seconds. Beyond this the HTTP client gives up by itself. */
export const LONGEST_TIMEOUT = 290;

const modelPattern = z.string().regex(/^[\w.*-]+(?:\/[\w.:*/-]+)?$/, 'is not a model pattern such as "openai/*"');

/** What a project may say: everything here can only narrow what the person allowed. */
const narrowing = {
  permission_mode: z.enum(PERMISSION_MODES).optional(),
  allow_models: z.array(modelPattern).optional(),
};

/** `<project>/.mogplex/config.toml` */
export const projectFile = z.object(narrowing);

/** `$MOGPLEX_HOME/config.toml` */
export const userFile = z.object({
  ...narrowing,
  model: z
    .string()
    .regex(/^[\w.-]+\/\S+$/, 'is not a model id such as "openai/gpt-5"')
    .optional(),
  model_timeout: z.number().int().min(1).max(LONGEST_TIMEOUT).optional(),
  logs: z
    .object({
      enabled: z.boolean().optional(),
      days: z.number().int().min(1).max(3650).optional(),
      megabytes: z.number().int().min(1).max(10_000).optional(),
    })
    .optional(),
});

export type UserFile = z.infer<typeof userFile>;
export type ProjectFile = z.infer<typeof projectFile>;

/** Every setting of the terminal program with its default filled in. */
export interface Settings {
  /** The model to use when none is asked for, `provider/model`. */
  model?: string;
  permissionMode: PermissionMode;
  /** Lists of patterns; a model must match one of each list. No list: every model. */
  allowModels: readonly (readonly string[])[];
  /** Seconds without a byte from a model after which a prompt is given up. */
  modelTimeout: number;
  logs: {
    enabled: boolean;
    /** Logs older than this are removed. */
    days: number;
    /** Size of all logs together above which the oldest are removed. */
    megabytes: number;
  };
}

const stricter = (one: PermissionMode, other: PermissionMode | undefined): PermissionMode =>
  other !== undefined && PERMISSION_MODES.indexOf(other) < PERMISSION_MODES.indexOf(one) ? other : one;

/**
 * The settings that two files make together. What the project says is only ever added as a further restriction.
 *
 * @param defaultTimeout seconds for `modelTimeout` when nobody sets it
 */
export const combine = (user: UserFile, project: ProjectFile, defaultTimeout: number): Settings => ({
  ...(user.model === undefined ? {} : { model: user.model }),
  permissionMode: stricter(user.permission_mode ?? 'ask', project.permission_mode),
  allowModels: [user.allow_models, project.allow_models].filter((list) => list !== undefined),
  modelTimeout: user.model_timeout ?? defaultTimeout,
  logs: { enabled: user.logs?.enabled ?? true, days: user.logs?.days ?? 30, megabytes: user.logs?.megabytes ?? 64 },
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

const matches = (pattern: string, model: string): boolean => new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`).test(model);

/** Whether the settings let a model be used. */
export const allowsModel = ({ allowModels }: Pick<Settings, 'allowModels'>, model: string): boolean =>
  allowModels.every((list) => list.some((pattern) => matches(pattern, model)));

/** @throws MogplexError `forbidden`, boundary `configuration`, for a model that the settings do not allow */
export const requireAllowed = (settings: Pick<Settings, 'allowModels'>, model: string): void => {
  if (allowsModel(settings, model)) return;
  throw new MogplexError('forbidden', `the settings do not allow ${model}`, {
    boundary: 'configuration',
    hint: 'allow_models in config.toml lists what is allowed; a project can narrow it.',
  });
};
