-- Services by need ("dry hair"): the words of names, aliases and descriptions, kept by PostgreSQL itself.
--
-- Read as the application, so row security stays what protects a workspace: `@@` may leak and therefore never
-- uses an index under row security. The workspace's services are found by their key and compared one by one,
-- which is fast enough (docs/decisions/0008-search-by-need.md); hence no GIN index.

-- Stems by script: English for words of ASCII letters, Arabic for all others.
CREATE TEXT SEARCH CONFIGURATION frontdesk_words (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION frontdesk_words
  ALTER MAPPING FOR word, hword, hword_part WITH pg_catalog.arabic_stem;

-- Arabic spellings that people mix up: alef with its hamza, alef maqsura, a final heh for a teh marbuta.
CREATE FUNCTION fold_words(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(translate(p_text, 'أإآٱى', 'ااااي') || ' ', 'ه([^ء-ي])', 'ة\1', 'g');

CREATE FUNCTION service_words(p_names jsonb, p_aliases text[], p_description text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('public.frontdesk_words', fold_words(
    (SELECT coalesce(string_agg(value, ' . '), '') FROM jsonb_each_text(p_names))
    || ' . ' || array_to_string(p_aliases, ' . '))), 'A')
  || setweight(to_tsvector('public.frontdesk_words', fold_words(p_description)), 'B');

ALTER TABLE services
  ADD COLUMN search tsvector GENERATED ALWAYS AS (service_words(names, aliases, description)) STORED;

-- A phrase of stop words only is empty.
CREATE FUNCTION phrase_query(p_phrase text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN phraseto_tsquery('public.frontdesk_words', fold_words(p_phrase));

-- Any of the phrases. NULL if nothing remains to look for.
CREATE FUNCTION any_query(p_phrases jsonb) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg('(' || phrase_query(phrase)::text || ')', ' | ')::tsquery
  FROM jsonb_array_elements_text(p_phrases) AS phrase
  WHERE numnode(phrase_query(phrase)) > 0
$$;

-- [["dry", "moisture"], ["hair"]]: one phrase of every group. NULL if nothing remains to look for.
CREATE FUNCTION need_query(p_groups jsonb) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg('(' || any_query(phrases)::text || ')', ' & ')::tsquery
  FROM jsonb_array_elements(p_groups) AS phrases
$$;
