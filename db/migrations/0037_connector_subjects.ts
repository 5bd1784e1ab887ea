import type { Knex } from 'knex'

/**
 * Connectors are owed inquiries and deals beside calls. Their rows are written by triggers, in the transaction of whatever
 * changes an inquiry or a deal: by hand, in bulk, by an import or by an automation alike. What a foreign system has asked
 * of us keeps its answer, so that a repeat is answered and not done again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(tables)
  await knex.raw(triggers)
}

export function down(): Promise<void> {
  throw new Error('Migrations only go forward: restore a backup instead')
}

const tables = `
-- What its kind wants to be told of; kept by the product when it starts.
alter table connectors add column owed text[] not null default '{call}';

alter table connector_jobs rename column call_id to subject_id;
alter table connector_jobs
  add column subject text not null default 'call' check (subject in ('call','inquiry','deal')),
  drop constraint connector_jobs_connector_id_call_id_key,
  add constraint connector_jobs_subject_key unique (connector_id, subject, subject_id);
alter table connector_jobs alter column subject drop default;

alter table connector_exchanges rename column call_id to subject_id;
alter table connector_exchanges add column subject text check (subject in ('call','inquiry','deal'));
update connector_exchanges set subject = 'call' where subject_id is not null;
alter index connector_exchanges_call rename to connector_exchanges_subject;

alter table connector_links
  drop constraint connector_links_our_kind_check,
  add constraint connector_links_our_kind_check
    check (our_kind in ('call','contact','company','inquiry','deal'));

-- What was answered, for a repeat.
alter table connector_events add column result jsonb;
`

const triggers = `
-- One row stands for one inquiry or deal, however often it changes; wanted_seq counts the changes.
create function owe_connectors(what text, id uuid) returns void language plpgsql as $$
declare woken record;
begin
  for woken in
    insert into connector_jobs as j (connector_id, subject, subject_id, wanted_seq)
    select c.id, what, owe_connectors.id, 1 from connectors c
    where c.is_active and c.state <> 'new' and what = any (c.owed)
    order by c.id
    for key share of c
    on conflict (connector_id, subject, subject_id) do update set
      wanted_seq = j.wanted_seq + 1,
      state = 'pending',
      next_attempt_at = case
        -- What waits after a failure goes on waiting.
        when j.state = 'pending' and j.last_error is not null then j.next_attempt_at else now() end,
      updated_at = now()
    returning j.connector_id
  loop
    perform pg_notify('ringtrace_connectors', woken.connector_id::text);
  end loop;
end $$;

create function owe_crm() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - 'updated_at' = to_jsonb(old) - 'updated_at' then return null; end if;
  perform owe_connectors(tg_argv[0], new.id);
  return null;
end $$;
create trigger owe_connectors after insert or update on inquiries for each row
  when (not new.is_demo) execute function owe_crm('inquiry');
create trigger owe_connectors after insert or update on deals for each row
  when (not new.is_demo) execute function owe_crm('deal');

-- A call or a form that joins an inquiry or a deal is news of it.
create function owe_activity() returns trigger language plpgsql as $$
begin
  if exists (select from inquiries where id = new.inquiry_id and not is_demo) then
    perform owe_connectors('inquiry', new.inquiry_id);
  end if;
  if exists (select from deals where id = new.deal_id and not is_demo) then
    perform owe_connectors('deal', new.deal_id);
  end if;
  return null;
end $$;
create trigger owe_connectors after insert on activities for each row execute function owe_activity();
`
