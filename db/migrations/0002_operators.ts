import type { Knex } from 'knex'

/**
 * Operators with several telephones, skills, stand-ins, pause reasons and a log of their presence.
 *
 * The telephone of each user moves out of `users` into `devices`. From here on every user has one browser device, made
 * by the database itself, so that no way of making a user can forget it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(people)
  await knex.raw(telephones)
  await knex.raw(pauses)
  await knex.raw(figures)
  await knex.raw(notices)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const people = `
alter table users
  add column extension text unique check (extension ~ '^[0-9]{2,5}$'),
  add column skills text[] not null default '{}',
  -- Who takes the calls of this operator's clients while the operator is absent.
  add column stand_in_id uuid references users on delete set null,
  add column presence_reason text,
  add column presence_until timestamptz,
  drop constraint users_presence_check,
  add constraint users_presence_check check (presence in ('available','wrapUp','away','offline')),
  add constraint users_stand_in_check check (stand_in_id <> id);
alter table groups add column wrap_up_seconds int check (wrap_up_seconds between 0 and 3600);
`

const telephones = `
create table devices (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users on delete cascade,
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('browser','sip')),
  sip_user text not null unique default 'op-' || replace(gen_random_uuid()::text, '-', ''),
  sip_secret text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
  -- Of a telephone that does not register but stands at a fixed address.
  sip_address text check (sip_address is null or kind = 'sip'),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index devices_browser on devices (user_id) where kind = 'browser';
create index devices_user on devices (user_id);

insert into devices (user_id, name, kind, sip_user, sip_secret, is_active)
  select id, 'Browser', 'browser', sip_user, sip_secret, true from users where device = 'browser';
insert into devices (user_id, name, kind, is_active)
  select id, 'Browser', 'browser', false from users where device = 'sip';
insert into devices (user_id, name, kind, sip_user, sip_secret, sip_address)
  select id, 'SIP phone', 'sip', sip_user, sip_secret, sip_address from users where device = 'sip';
alter table users drop column device, drop column sip_address, drop column sip_user, drop column sip_secret;

create function give_browser_device() returns trigger language plpgsql as $$
begin
  insert into devices (user_id, name, kind) values (new.id, 'Browser', 'browser');
  return null;
end $$;
create trigger give_browser_device after insert on users for each row execute function give_browser_device();
`

const pauses = `
create table pause_reasons (
  id uuid primary key default gen_random_uuid(),
  code text not null unique check (code ~ '^[a-z][a-z0-9_]{0,39}$'),
  name_ru text not null check (length(name_ru) between 1 and 100),
  name_en text not null check (length(name_en) between 1 and 100),
  position int not null default 0,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
insert into pause_reasons (code, name_ru, name_en, position) values
  ('break', 'Перерыв', 'Break', 1),
  ('lunch', 'Обед', 'Lunch', 2),
  ('training', 'Обучение', 'Training', 3),
  ('admin_work', 'Работа с документами', 'Admin work', 4);
update users set presence_reason = 'break' where presence = 'away';

-- What operators said of themselves, or what was said for them; being in a call is not in it, the legs tell that.
create table presence_log (
  id bigint generated always as identity primary key,
  user_id uuid not null references users on delete cascade,
  at timestamptz not null,
  presence text not null,
  reason text,
  until timestamptz,
  -- Whoever set it for somebody else.
  by_user_id uuid references users on delete set null
);
create index on presence_log (user_id, at desc);
`

/** For the averages by which operators are chosen: marks are rare, so an index of them alone is small. */
const figures = `
create index calls_rated on calls (started_at, operator_id) where rating is not null;
`

/**
 * Presence changes with every talk. Were each announced as a change of configuration, everything would be read anew
 * and compared with Asterisk time and again; only coming and going matter there (who rings in the fallback).
 */
const notices = `
drop trigger announce on users;
create trigger announce after insert or delete on users for each row execute function announce_change();
create trigger announce_update after update on users for each row
  when ((to_jsonb(old) - '{presence,presence_reason,presence_until,presence_at,updated_at}'::text[])
        is distinct from (to_jsonb(new) - '{presence,presence_reason,presence_until,presence_at,updated_at}'::text[])
        or (old.presence = 'offline') <> (new.presence = 'offline'))
  execute function announce_change();
create trigger announce after insert or update or delete on devices for each row execute function announce_change();
create trigger announce after insert or update or delete on pause_reasons for each row execute function announce_change();
`
