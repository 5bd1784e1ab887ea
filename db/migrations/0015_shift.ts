import type { Knex } from 'knex'

/**
 * An operator's shift: how talks ended, in the company's own words, and how well each leg was heard. New tables only.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table wrap_up_codes (
  id uuid primary key default gen_random_uuid(),
  code text not null unique check (code ~ '^[a-z][a-z0-9_]{0,39}$'),
  name_ru text not null check (length(name_ru) between 1 and 100),
  name_en text not null check (length(name_en) between 1 and 100),
  -- The key that gives it, 1 … 9, follows from the order.
  position int not null default 100,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
insert into wrap_up_codes (code, name_ru, name_en, position) values
  ('lead', 'Заявка', 'New lead', 10),
  ('sale', 'Продажа', 'Sale', 20),
  ('consulted', 'Консультация', 'Question answered', 30),
  ('call_back', 'Перезвонить', 'Call back later', 40),
  ('existing_client', 'Действующий клиент', 'Existing client', 50),
  ('not_target', 'Не по адресу', 'Not our business', 60),
  ('spam', 'Спам', 'Spam', 70);

-- What a browser telephone measured of its leg, told once at the end of it.
create table leg_quality (
  call_id uuid not null,
  leg text not null,
  user_id uuid references users on delete set null,
  at timestamptz not null default now(),
  -- Mean opinion score 1 … 4.5 by the E-model, its mean and its worst five seconds.
  mos numeric,
  worst_mos numeric,
  rtt_ms int,
  jitter_ms numeric,
  -- Share of packets lost, 0 … 1.
  loss numeric,
  seconds int not null,
  -- What was wrong for some time: rtt, jitter, loss, silent_microphone, no_sound.
  problems text[] not null default '{}',
  reconnects int not null default 0,
  primary key (call_id, leg)
);
`)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}
