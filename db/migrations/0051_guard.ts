import type { Knex } from 'knex'

/**
 * Addresses from which SIP is not taken, people whose dialling is stopped, and notices of both. New tables; the check of
 * notices is replaced by one that lets through all that the old one did.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
create table sip_bans (
  id uuid primary key default gen_random_uuid(),
  -- One address: whole networks are a firewall's business.
  address inet not null check (masklen(address) = case family(address) when 4 then 32 else 128 end),
  cause text not null check (cause in ('unknown_user','wrong_password','by_hand')),
  -- What was tried before it was banned.
  tries int not null default 0,
  accounts text[] not null default '{}',
  note text,
  -- Which ban of this address it is within the last thirty days: each is longer than the one before.
  offence int not null default 1,
  since timestamptz not null default now(),
  -- Null: until somebody lifts it.
  until timestamptz,
  -- Null: banned by itself.
  banned_by uuid references users on delete set null,
  lifted_at timestamptz,
  lifted_by uuid references users on delete set null
);
create index sip_bans_list on sip_bans (since desc, id desc);
create index sip_bans_address on sip_bans (address, since desc);
create index sip_bans_open on sip_bans (until) where lifted_at is null;

create table dial_stops (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users on delete cascade,
  reason text not null,
  -- How many dials were refused before, and the last numbers.
  tries int not null,
  numbers text[] not null default '{}',
  at timestamptz not null default now(),
  lifted_at timestamptz,
  lifted_by uuid references users on delete set null
);
create unique index dial_stops_open on dial_stops (user_id) where lifted_at is null;
create index dial_stops_list on dial_stops (at desc, id desc);

create trigger announce after insert or update or delete on sip_bans for each row execute function announce_change();
create trigger announce after insert or update or delete on dial_stops for each row execute function announce_change();

alter table notices drop constraint notices_kind_check;
alter table notices
  add constraint notices_kind_check check (kind in ('task_due','task_given','automation','alarm'));
alter table notices drop constraint notices_subject_check;
alter table notices
  add constraint notices_subject_check
    check (subject in ('inquiry','deal','call','contact','dial_stop','sip_ban','callback_flood'));
`
