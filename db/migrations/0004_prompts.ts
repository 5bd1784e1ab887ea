import type { Knex } from 'knex'

/**
 * Prompts that people upload or have spoken, and classes of music on hold. The audio lies in DATA_DIR/sounds under the
 * row's id. All tables are new, so no locks on data.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table prompts (
      id uuid primary key default gen_random_uuid(),
      name text not null unique check (length(name) between 1 and 200),
      -- In which language it speaks, for people to know; calls of every language may play it.
      locale text check (locale in ('ru','en')),
      seconds numeric not null,
      -- Of an uploaded one: how its file was called. Of a spoken one: its words.
      original_name text,
      text text,
      created_by uuid references users on delete set null,
      is_demo boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    create table music_classes (
      id uuid primary key default gen_random_uuid(),
      name text not null unique check (length(name) between 1 and 200),
      sort text not null default 'order' check (sort in ('order','random')),
      is_demo boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create table music_tracks (
      id uuid primary key default gen_random_uuid(),
      class_id uuid not null references music_classes on delete cascade,
      name text not null check (length(name) between 1 and 200),
      position int not null,
      seconds numeric not null,
      original_name text,
      created_at timestamptz not null default now()
    );
    create index on music_tracks (class_id, position);

    create trigger announce after insert or update or delete on prompts
      for each row execute function announce_change();
    create trigger announce after insert or update or delete on music_classes
      for each row execute function announce_change();
    create trigger announce after insert or update or delete on music_tracks
      for each row execute function announce_change();
  `)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
