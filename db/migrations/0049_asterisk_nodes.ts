import type { Knex } from 'knex'

/** Asterisk nodes beside the one that an installation keeps itself, and the telephones that the SIP edge knows. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
create table asterisk_nodes (
  -- Its systemname: ids of its channels begin with it, and tell which node a call lives on.
  name text primary key check (name ~ '^[a-z][a-z0-9]{0,15}$' and name <> 'rt'),
  host text not null,
  ari_port int not null check (ari_port between 1 and 65535),
  ami_port int not null check (ami_port between 1 and 65535),
  -- Where the SIP edge reaches it.
  sip_address text not null,
  -- Its event log as the controller sees it: calls that only Asterisk saw are read from there.
  cel_file text,
  is_draining boolean not null default false,
  created_at timestamptz not null default now()
);
create function asterisk_nodes_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('asterisk_nodes', '');
  return null;
end $$;
create trigger asterisk_nodes_changed after insert or update or delete on asterisk_nodes
  for each statement execute function asterisk_nodes_changed();

-- Kamailio's own tables (usrloc, version 9), under names of ours.
create table edge_version (
  id serial primary key,
  table_name varchar(32) not null unique,
  table_version int not null default 0
);
insert into edge_version (table_name, table_version) values ('edge_version', 1), ('edge_location', 9);
create table edge_location (
  id serial primary key,
  ruid varchar(64) not null default '' unique,
  username varchar(64) not null default '',
  domain varchar(64),
  contact varchar(512) not null default '',
  received varchar(128),
  path varchar(512),
  expires timestamp not null default '2030-05-28 21:32:15',
  q real not null default 1.0,
  callid varchar(255) not null default 'Default-Call-ID',
  cseq int not null default 1,
  last_modified timestamp not null default '2000-01-01 00:00:01',
  flags int not null default 0,
  cflags int not null default 0,
  user_agent varchar(255) not null default '',
  socket varchar(64),
  methods int,
  instance varchar(255),
  reg_id int not null default 0,
  server_id int not null default 0,
  connection_id int not null default 0,
  keepalive int not null default 0,
  partition int not null default 0
);
create index edge_location_account on edge_location (username, domain, contact);
create index edge_location_expires on edge_location (expires);
create index edge_location_connection on edge_location (server_id, connection_id);
create function edge_location_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('edge_location', '');
  return null;
end $$;
-- A renewal is no news.
create trigger edge_location_changed after insert or delete on edge_location
  for each statement execute function edge_location_changed();
`
