import { isRunOver, type RunEvent, runEvent, runEventPage } from '@mogplex/protocol';
import { z } from 'zod';

/** An event as it came: `known` is absent for a type that this release does not know, and that is skipped. */
export interface ReadEvent {
  seq: number;
  known?: RunEvent;
}

const KNOWN: ReadonlySet<string> = new Set(runEvent.options.map(({ shape }) => shape.type.value));

const unknownEvent = z
  .object({ seq: z.number().int().positive(), type: z.string().refine((type) => !KNOWN.has(type)) })
  .transform(({ seq }): ReadEvent => ({ seq }));

/** Reads one event of any type; a known type has to have its form. */
export const readEvent = z.union([runEvent.transform((known): ReadEvent => ({ seq: known.seq, known })), unknownEvent]);

/** Reads a page of events of any type. */
export const readEventPage = runEventPage.extend({ items: z.array(readEvent) });

/** Whether nothing comes behind this event. */
export const isLastEvent = (event: RunEvent): boolean => event.type === 'status' && isRunOver(event.data.status);
