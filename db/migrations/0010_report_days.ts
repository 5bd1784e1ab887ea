import type { Knex } from 'knex'

/**
 * What reports of pools and operators need by day, so that they read days instead of every lease and leg.
 *
 * The tables are new. The index is of a column that is still empty, so building it reads the calls once and writes
 * nothing; later it holds only those that were missed and returned.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- Visits of a pool that began to hold a number, or were shown the overflow number, on a day.
create table report_leases (
  day date not null,
  pool_id uuid not null,
  site_id uuid not null,
  leases int not null,
  -- Visits: those that got no number of their own among them.
  visits int not null,
  overflowed int not null,
  stolen int not null,
  primary key (day, pool_id, site_id)
);

-- How the time of operators went. Presence without the talks; talks are busy.
create table report_shifts (
  day date not null,
  user_id uuid not null,
  available_seconds int not null,
  busy_seconds int not null,
  wrap_up_seconds int not null,
  away_seconds int not null,
  rings int not null,
  missed_rings int not null,
  out_calls int not null,
  primary key (day, user_id)
);

-- Days that were counted, by which wall clock, and when. What came later is in the next count.
create table report_counted_days (
  kind text not null,
  day date not null,
  time_zone text not null,
  counted_at timestamptz not null default now(),
  primary key (kind, day)
);

create index calls_returned on calls (started_at) include (ended_at, returned_at, site_id, outcome)
  where returned_at is not null and direction = 'in' and not is_spam;
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
