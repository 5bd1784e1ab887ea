const escaped = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')

/** A mail or a name as a pattern of PostgreSQL, as a word of its own. */
export const textPattern = (text: string): string => `(?<![[:alnum:]])${escaped(text)}(?![[:alnum:]])`

/**
 * A telephone number however people and programs write it: with its country's code, with 8 or without either, with blanks,
 * brackets and hyphens between the digits; as a part of no longer number.
 */
export function numberPattern(e164: string): string {
  const digits = e164.replace(/\D/g, '')
  const isNational = digits.startsWith('7') && digits.length === 11
  const own = isNational ? digits.slice(1) : digits
  const between = '[[:space:]().-]{0,3}'
  const prefix = isNational ? `(?:[+]?[78]${between})?` : '[+]?'
  return `(?<![[:digit:]])${prefix}${[...own].join(between)}(?![[:digit:]])`
}

/** Replaces within the texts, numbers and keys of a JSON value, and leaves its shape. */
export const jsonEraser = `
create or replace function pg_temp.erase_json(value jsonb, pattern text, mark text) returns jsonb language plpgsql as $$
begin
  if value is null or cast(value as text) !~* pattern then return value; end if;
  case jsonb_typeof(value)
    when 'string' then return to_jsonb(regexp_replace(value #>> '{}', pattern, mark, 'gi'));
    when 'number' then return to_jsonb(regexp_replace(value #>> '{}', pattern, mark, 'gi'));
    when 'array' then return coalesce((select jsonb_agg(pg_temp.erase_json(e, pattern, mark) order by n)
      from jsonb_array_elements(value) with ordinality as x(e, n)), '[]');
    when 'object' then return coalesce((select jsonb_object_agg(regexp_replace(k, pattern, mark, 'gi'), pg_temp.erase_json(v, pattern, mark))
      from jsonb_each(value) as x(k, v)), '{}');
    else return value;
  end case;
end $$`
