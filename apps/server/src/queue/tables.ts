export interface QueueTables {
  /** SQLite only: the messages of the embedded queue. A row goes when its run needs no worker any more. */
  run_queue: {
    run_id: string;
    /** Who holds it, and until when; free when that has passed. */
    lease_until: number;
    /** Grows with each lease, so that a holder that lost it can tell. */
    attempt: number;
    created_at: number;
  };
}
