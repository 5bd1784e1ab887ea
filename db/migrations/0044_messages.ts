import type { Knex } from 'knex'

/**
 * Mailboxes, bots and the like, and what is said by them. A message that came goes into `crm_inbox` in the transaction
 * that wrote it, as calls and forms do.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
  await knex.raw(intoCrm)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
create table message_channels (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  name text not null,
  is_active boolean not null default true,
  settings jsonb not null default '{}',
  -- Passwords and tokens, sealed.
  secrets text not null default '',
  -- How far it has been read; its shape is the kind's own.
  cursor jsonb not null default '{}',
  trouble text,
  trouble_detail text,
  last_ok_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table conversations (
  id uuid primary key default gen_random_uuid(),
  channel_id uuid references message_channels on delete set null,
  kind text not null,
  contact_id uuid references contacts on delete set null,
  inquiry_id uuid references inquiries on delete set null,
  deal_id uuid references deals on delete set null,
  -- A mail address in small letters, or the id of a chat.
  peer text not null,
  peer_name text,
  subject text,
  unread int not null default 0,
  -- The client wants no more messages there.
  is_blocked boolean not null default false,
  -- Nothing but letters of machines so far.
  is_auto boolean not null default false,
  last_at timestamptz not null default now(),
  last_text text not null default '',
  last_direction text not null default 'in' check (last_direction in ('in','out')),
  is_demo boolean not null default false,
  created_at timestamptz not null default now()
);
create index conversations_list on conversations (last_at desc, id desc);
create index conversations_contact on conversations (contact_id, last_at desc) where contact_id is not null;
create index conversations_peer on conversations (channel_id, peer);
create index conversations_unread on conversations (last_at) where unread > 0;

create table messages (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references conversations on delete cascade,
  channel_id uuid references message_channels on delete set null,
  direction text not null check (direction in ('in','out')),
  at timestamptz not null default now(),
  author_id uuid references users on delete set null,
  from_name text,
  from_address text,
  to_addresses text[] not null default '{}',
  cc_addresses text[] not null default '{}',
  phone text,
  subject text,
  text text not null default '',
  html text,
  -- Of a machine: an answer by itself, a list, a report. It asks for nobody's work.
  is_auto boolean not null default false,
  -- What the other side calls it: taken once.
  foreign_id text,
  message_id text,
  refs text[] not null default '{}',
  state text not null default 'received' check (state in ('received','queued','sending','sent','failed','bounced')),
  trouble text,
  trouble_detail text,
  attempts int not null default 0,
  -- Parts of it that are out: a text, then each file.
  done_parts int not null default 0,
  next_at timestamptz,
  created_at timestamptz not null default now(),
  unique (channel_id, foreign_id)
);
create index messages_conversation on messages (conversation_id, at desc, id desc);
create index messages_ids on messages (message_id) where message_id is not null;
create index messages_due on messages (next_at) where state in ('queued','sending');

create table message_files (
  id uuid primary key default gen_random_uuid(),
  -- Null while a message is being written; those of messages that were never sent are deleted.
  message_id uuid references messages on delete cascade,
  uploaded_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  position int not null default 0,
  name text not null,
  content_type text not null,
  bytes int not null,
  content_id text,
  -- Null: it was too large to keep.
  content bytea
);
create index message_files_message on message_files (message_id, position);

create table message_templates (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  subject text not null default '',
  text text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index message_templates_name on message_templates (lower(name));

create function tell_channels() returns trigger language plpgsql as $$
begin
  perform pg_notify('ringtrace_channels', cast(coalesce(new.id, old.id) as text));
  return null;
end $$;
create trigger tell_made after insert or delete on message_channels for each row execute function tell_channels();
create trigger tell_changed after update on message_channels for each row
  when (old.settings is distinct from new.settings or old.secrets is distinct from new.secrets
    or old.is_active is distinct from new.is_active) execute function tell_channels();

create function tell_messages() returns trigger language plpgsql as $$
begin
  perform pg_notify('ringtrace_messages', cast(new.id as text));
  return null;
end $$;
create trigger tell_messages after insert or update on conversations for each row execute function tell_messages();
create function tell_of_message() returns trigger language plpgsql as $$
begin
  perform pg_notify('ringtrace_messages', cast(new.conversation_id as text));
  return null;
end $$;
create trigger tell_messages after insert or update on messages for each row execute function tell_of_message();
`

/** The words that are allowed are added to, whatever they are by now. */
const intoCrm = `
do $$
declare found record;
begin
  for found in
    select cast(conrelid as regclass) as table_name, conname, pg_get_constraintdef(oid) as definition from pg_constraint
    where contype = 'c' and conrelid in (cast('activities' as regclass), cast('crm_inbox' as regclass))
      and pg_get_constraintdef(oid) like '%subject%''form''%' and pg_get_constraintdef(oid) not like '%''message''%'
  loop
    execute format('alter table %s drop constraint %I', found.table_name, found.conname);
    execute format('alter table %s add constraint %I %s', found.table_name, found.conname,
      replace(found.definition, '''form''::text', '''form''::text, ''message''::text'));
  end loop;
end $$;
create trigger queue_crm after insert on messages for each row
  when (new.direction = 'in' and not new.is_auto) execute function queue_crm('message');
`
