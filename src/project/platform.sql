-- The platform as a migration meets it: roles, schemas, functions, default privileges.
--
-- Runs once in a new database, as a superuser, on PostgreSQL 13 to 18.  `brant dev` makes its local database with it, and so do the tests.
-- It is a stand-in: names, columns, rights and owners are as on the platform (powabase, and the Supabase image that it is made of), what
-- the services do behind them is not there.  docs/local.md says what differs.

-- Roles.  Whoever connects is supabase_admin, a superuser as on the platform's image: no right keeps a migration out of the platform's
-- schemas there, so none does here.
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'postgres') THEN
		CREATE ROLE postgres LOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'supabase_admin') THEN
		CREATE ROLE supabase_admin LOGIN;
	END IF;
END
$$;
ALTER ROLE supabase_admin LOGIN SUPERUSER CREATEDB CREATEROLE REPLICATION BYPASSRLS;
CREATE ROLE anon NOLOGIN NOINHERIT;
CREATE ROLE authenticated NOLOGIN NOINHERIT;
CREATE ROLE service_role NOLOGIN NOINHERIT BYPASSRLS;
CREATE ROLE authenticator LOGIN NOINHERIT;
CREATE ROLE supabase_auth_admin LOGIN NOINHERIT CREATEROLE;
CREATE ROLE supabase_storage_admin LOGIN NOINHERIT CREATEROLE;
CREATE ROLE supabase_functions_admin LOGIN NOINHERIT CREATEROLE;
CREATE ROLE supabase_replication_admin LOGIN REPLICATION;
CREATE ROLE supabase_read_only_user LOGIN BYPASSRLS;
CREATE ROLE supabase_realtime_admin NOLOGIN NOINHERIT;
CREATE ROLE dashboard_user NOLOGIN CREATEDB CREATEROLE REPLICATION;
CREATE ROLE pgbouncer LOGIN;

GRANT anon, authenticated, service_role TO authenticator;
GRANT anon, authenticated, service_role, supabase_functions_admin, supabase_realtime_admin TO postgres;
GRANT anon, authenticated, service_role TO supabase_admin;
GRANT authenticator TO supabase_storage_admin;

-- What PostgREST's requests have to keep within.
ALTER ROLE authenticator SET statement_timeout = '30s';
ALTER ROLE authenticator SET lock_timeout = '8s';
ALTER ROLE anon SET statement_timeout = '3s';
ALTER ROLE authenticated SET statement_timeout = '8s';

-- For supabase_admin a name without a schema can mean a table of auth: users, schema_migrations.
ALTER ROLE supabase_admin SET search_path = "$user", public, auth, extensions;
ALTER ROLE postgres SET search_path = "$user", public, extensions;
ALTER ROLE supabase_auth_admin SET search_path = auth;
ALTER ROLE supabase_auth_admin SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE supabase_storage_admin SET search_path = storage;
ALTER ROLE supabase_functions_admin SET search_path = supabase_functions;

-- Schemas.
CREATE SCHEMA extensions;
CREATE SCHEMA ai AUTHORIZATION supabase_admin;
CREATE SCHEMA auth AUTHORIZATION supabase_auth_admin;
CREATE SCHEMA storage AUTHORIZATION supabase_storage_admin;
CREATE SCHEMA realtime AUTHORIZATION supabase_admin;
CREATE SCHEMA _realtime AUTHORIZATION postgres;
CREATE SCHEMA vault AUTHORIZATION supabase_admin;
CREATE SCHEMA net AUTHORIZATION supabase_admin;
CREATE SCHEMA graphql AUTHORIZATION supabase_admin;
CREATE SCHEMA graphql_public AUTHORIZATION supabase_admin;
CREATE SCHEMA supabase_functions AUTHORIZATION supabase_admin;
GRANT ALL ON SCHEMA public TO postgres;
GRANT USAGE ON SCHEMA public, extensions, auth, storage, realtime, graphql_public, net, supabase_functions
	TO postgres, anon, authenticated, service_role;
GRANT USAGE ON SCHEMA ai TO anon, authenticated, service_role;
GRANT ALL ON SCHEMA extensions, auth, storage, realtime TO postgres, dashboard_user;
GRANT ALL ON SCHEMA realtime TO supabase_realtime_admin;

-- A new table in public is open to the API, until row level security is on.
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON TABLES TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON SEQUENCES TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON FUNCTIONS TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON TABLES TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON SEQUENCES TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON FUNCTIONS TO postgres, anon, authenticated, service_role;

-- Extensions, as far as the server has them.
SET ROLE supabase_admin;
DO $$
DECLARE
	extension text;
BEGIN
	FOREACH extension IN ARRAY ARRAY['pgcrypto', 'uuid-ossp', 'vector'] LOOP
		IF EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = extension) THEN
			EXECUTE pg_catalog.format('CREATE EXTENSION %I SCHEMA extensions', extension);
		END IF;
	END LOOP;
END
$$;
RESET ROLE;

-- auth: GoTrue's.
SET ROLE supabase_auth_admin;
CREATE TABLE auth.schema_migrations (version varchar(255) PRIMARY KEY);
INSERT INTO auth.schema_migrations (version) VALUES ('00'), ('20240806073726'), ('20241009103726');
CREATE TABLE auth.instances (
	id uuid PRIMARY KEY,
	uuid uuid,
	raw_base_config text,
	created_at timestamptz,
	updated_at timestamptz
);
CREATE TABLE auth.users (
	instance_id uuid,
	id uuid PRIMARY KEY,
	aud varchar(255),
	role varchar(255),
	email varchar(255),
	encrypted_password varchar(255),
	email_confirmed_at timestamptz,
	invited_at timestamptz,
	confirmation_token varchar(255),
	confirmation_sent_at timestamptz,
	recovery_token varchar(255),
	recovery_sent_at timestamptz,
	email_change_token_new varchar(255),
	email_change varchar(255),
	email_change_sent_at timestamptz,
	last_sign_in_at timestamptz,
	raw_app_meta_data jsonb,
	raw_user_meta_data jsonb,
	is_super_admin boolean,
	created_at timestamptz,
	updated_at timestamptz,
	phone text DEFAULT NULL UNIQUE,
	phone_confirmed_at timestamptz,
	phone_change text DEFAULT '',
	phone_change_token varchar(255) DEFAULT '',
	phone_change_sent_at timestamptz,
	confirmed_at timestamptz GENERATED ALWAYS AS (LEAST(email_confirmed_at, phone_confirmed_at)) STORED,
	email_change_token_current varchar(255) DEFAULT '',
	email_change_confirm_status smallint DEFAULT 0 CHECK (email_change_confirm_status BETWEEN 0 AND 2),
	banned_until timestamptz,
	reauthentication_token varchar(255) DEFAULT '',
	reauthentication_sent_at timestamptz,
	is_sso_user boolean NOT NULL DEFAULT false,
	deleted_at timestamptz,
	is_anonymous boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX users_email_partial_key ON auth.users (email) WHERE is_sso_user = false;
CREATE INDEX users_instance_id_idx ON auth.users (instance_id);
CREATE INDEX users_instance_id_email_idx ON auth.users (instance_id, lower(email::text));
CREATE INDEX users_is_anonymous_idx ON auth.users (is_anonymous);
CREATE TABLE auth.identities (
	provider_id text NOT NULL,
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	identity_data jsonb NOT NULL,
	provider text NOT NULL,
	last_sign_in_at timestamptz,
	created_at timestamptz,
	updated_at timestamptz,
	email text GENERATED ALWAYS AS (lower(identity_data ->> 'email')) STORED,
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	UNIQUE (provider_id, provider)
);
CREATE INDEX identities_user_id_idx ON auth.identities (user_id);
CREATE TABLE auth.sessions (
	id uuid PRIMARY KEY,
	user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
	created_at timestamptz,
	updated_at timestamptz,
	factor_id uuid,
	not_after timestamptz,
	refreshed_at timestamp,
	user_agent text,
	ip inet,
	tag text
);
CREATE INDEX sessions_user_id_idx ON auth.sessions (user_id);
CREATE TABLE auth.refresh_tokens (
	instance_id uuid,
	id bigserial PRIMARY KEY,
	token varchar(255) UNIQUE,
	user_id varchar(255),
	revoked boolean,
	created_at timestamptz,
	updated_at timestamptz,
	parent varchar(255),
	session_id uuid REFERENCES auth.sessions (id) ON DELETE CASCADE
);
CREATE TABLE auth.audit_log_entries (
	instance_id uuid,
	id uuid PRIMARY KEY,
	payload json,
	created_at timestamptz,
	ip_address varchar(64) NOT NULL DEFAULT ''
);
GRANT ALL ON ALL TABLES IN SCHEMA auth TO postgres, dashboard_user;
GRANT ALL ON ALL SEQUENCES IN SCHEMA auth TO postgres, dashboard_user;

-- Who asks is in the request's claims: one setting each in older PostgREST, one JSON object in newer.
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
	SELECT coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
		nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(nullif(current_setting('request.jwt.claim.role', true), ''),
		nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
$$;
CREATE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(nullif(current_setting('request.jwt.claim.email', true), ''),
		nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email')
$$;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT coalesce(nullif(current_setting('request.jwt.claim', true), ''),
		nullif(current_setting('request.jwt.claims', true), ''))::jsonb
$$;
RESET ROLE;

-- storage: the Storage API's.  Rows are reached through policies only.
SET ROLE supabase_storage_admin;
CREATE TABLE storage.migrations (
	id integer PRIMARY KEY,
	name varchar(100) NOT NULL UNIQUE,
	hash varchar(40) NOT NULL,
	executed_at timestamp DEFAULT current_timestamp
);
CREATE TABLE storage.buckets (
	id text PRIMARY KEY,
	name text NOT NULL,
	owner uuid,
	created_at timestamptz DEFAULT now(),
	updated_at timestamptz DEFAULT now(),
	public boolean DEFAULT false,
	avif_autodetection boolean DEFAULT false,
	file_size_limit bigint,
	allowed_mime_types text[],
	owner_id text
);
CREATE UNIQUE INDEX bname ON storage.buckets (name);
CREATE TABLE storage.objects (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	bucket_id text REFERENCES storage.buckets (id),
	name text,
	owner uuid,
	created_at timestamptz DEFAULT now(),
	updated_at timestamptz DEFAULT now(),
	last_accessed_at timestamptz DEFAULT now(),
	metadata jsonb,
	path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED,
	version text,
	owner_id text,
	user_metadata jsonb
);
CREATE UNIQUE INDEX bucketid_objname ON storage.objects (bucket_id, name);
CREATE INDEX name_prefix_search ON storage.objects (name text_pattern_ops);
ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.migrations ENABLE ROW LEVEL SECURITY;
GRANT ALL ON storage.buckets, storage.objects TO postgres, anon, authenticated, service_role;
CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
	SELECT (string_to_array(name, '/'))[1 : cardinality(string_to_array(name, '/')) - 1]
$$;
CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT (string_to_array(name, '/'))[cardinality(string_to_array(name, '/'))]
$$;
CREATE FUNCTION storage.extension(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT reverse(split_part(reverse(storage.filename(name)), '.', 1))
$$;
RESET ROLE;

-- realtime: who may listen is said by policies on realtime.messages, and the publication says which tables are watched.
SET ROLE supabase_admin;
CREATE TABLE realtime.schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0));
CREATE TABLE realtime.messages (
	topic text NOT NULL,
	extension text NOT NULL,
	payload jsonb,
	event text,
	private boolean DEFAULT false,
	updated_at timestamp NOT NULL DEFAULT now(),
	inserted_at timestamp NOT NULL DEFAULT now(),
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	PRIMARY KEY (id, inserted_at)
) PARTITION BY RANGE (inserted_at);
CREATE TABLE realtime.messages_local PARTITION OF realtime.messages DEFAULT;
ALTER TABLE realtime.messages OWNER TO supabase_realtime_admin;
ALTER TABLE realtime.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE realtime.messages_local ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON realtime.messages TO postgres, anon, authenticated, service_role;
CREATE FUNCTION realtime.topic() RETURNS text LANGUAGE sql STABLE AS $$
	SELECT nullif(current_setting('realtime.topic', true), '')
$$;
CREATE FUNCTION realtime.send(payload jsonb, event text, topic text, private boolean DEFAULT true) RETURNS void LANGUAGE sql AS $$
	INSERT INTO realtime.messages (payload, event, topic, private, extension) VALUES ($1, $2, $3, $4, 'broadcast')
$$;
CREATE FUNCTION realtime.broadcast_changes(topic_name text, event_name text, operation text, table_name text, table_schema text,
	new record, old record, level text DEFAULT 'ROW') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM realtime.send(
		jsonb_build_object('operation', operation, 'table', table_name, 'schema', table_schema,
			'record', to_jsonb(new), 'old_record', to_jsonb(old)),
		event_name, topic_name);
END
$$;
CREATE PUBLICATION supabase_realtime;

-- vault: secrets are kept in the clear here.
CREATE TABLE vault.secrets (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name text UNIQUE,
	description text NOT NULL DEFAULT '',
	secret text NOT NULL,
	key_id uuid,
	nonce bytea,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE VIEW vault.decrypted_secrets AS
	SELECT id, name, description, secret, secret AS decrypted_secret, key_id, nonce, created_at, updated_at FROM vault.secrets;
CREATE FUNCTION vault.create_secret(new_secret text, new_name text DEFAULT NULL, new_description text DEFAULT '',
	new_key_id uuid DEFAULT NULL) RETURNS uuid LANGUAGE sql AS $$
	INSERT INTO vault.secrets (secret, name, description, key_id) VALUES ($1, $2, $3, $4) RETURNING id
$$;
CREATE FUNCTION vault.update_secret(secret_id uuid, new_secret text DEFAULT NULL, new_name text DEFAULT NULL,
	new_description text DEFAULT NULL, new_key_id uuid DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	UPDATE vault.secrets SET secret = coalesce($2, secret), name = coalesce($3, name), description = coalesce($4, description),
		key_id = coalesce($5, key_id), updated_at = now() WHERE id = $1
$$;
REVOKE ALL ON FUNCTION vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid) FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO postgres, service_role;
GRANT SELECT, DELETE ON vault.secrets, vault.decrypted_secrets TO postgres, service_role;
GRANT EXECUTE ON FUNCTION vault.create_secret(text, text, text, uuid), vault.update_secret(uuid, text, text, text, uuid)
	TO postgres, service_role;

-- net: requests are written down and not sent.
CREATE TABLE net.http_request_queue (
	id bigserial PRIMARY KEY,
	method text NOT NULL,
	url text NOT NULL,
	headers jsonb,
	body bytea,
	timeout_milliseconds integer NOT NULL
);
CREATE TABLE net._http_response (
	id bigint,
	status_code integer,
	content_type text,
	headers jsonb,
	content text,
	timed_out boolean,
	error_msg text,
	created timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION net.http_get(url text, params jsonb DEFAULT '{}', headers jsonb DEFAULT '{}',
	timeout_milliseconds integer DEFAULT 5000) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
	INSERT INTO net.http_request_queue (method, url, headers, timeout_milliseconds) VALUES ('GET', $1, $3, $4) RETURNING id
$$;
CREATE FUNCTION net.http_post(url text, body jsonb DEFAULT '{}', params jsonb DEFAULT '{}',
	headers jsonb DEFAULT '{"Content-Type": "application/json"}', timeout_milliseconds integer DEFAULT 5000)
	RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
	INSERT INTO net.http_request_queue (method, url, headers, body, timeout_milliseconds)
	VALUES ('POST', $1, $4, convert_to($2::text, 'UTF8'), $5) RETURNING id
$$;
CREATE FUNCTION net.http_delete(url text, params jsonb DEFAULT '{}', headers jsonb DEFAULT '{}',
	timeout_milliseconds integer DEFAULT 5000) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
	INSERT INTO net.http_request_queue (method, url, headers, timeout_milliseconds) VALUES ('DELETE', $1, $3, $4) RETURNING id
$$;

-- supabase_functions: what database webhooks call from their triggers.
CREATE TABLE supabase_functions.migrations (version text PRIMARY KEY, inserted_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE supabase_functions.hooks (
	id bigserial PRIMARY KEY,
	hook_table_id integer NOT NULL,
	hook_name text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	request_id bigint
);
CREATE FUNCTION supabase_functions.http_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = supabase_functions AS $$
BEGIN
	-- Arguments: url, method, headers, parameters, timeout.
	INSERT INTO supabase_functions.hooks (hook_table_id, hook_name, request_id)
	VALUES (TG_RELID::bigint, TG_NAME, net.http_post(TG_ARGV[0], jsonb_build_object('type', TG_OP, 'schema', TG_TABLE_SCHEMA,
		'table', TG_TABLE_NAME, 'record', to_jsonb(NEW), 'old_record', to_jsonb(OLD))));
	RETURN coalesce(NEW, OLD);
END
$$;
REVOKE ALL ON FUNCTION supabase_functions.http_request() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION supabase_functions.http_request() TO postgres, anon, authenticated, service_role;
GRANT ALL ON SCHEMA supabase_functions TO supabase_functions_admin;
GRANT ALL ON ALL TABLES IN SCHEMA supabase_functions TO supabase_functions_admin;

CREATE FUNCTION graphql_public.graphql("operationName" text DEFAULT NULL, query text DEFAULT NULL, variables jsonb DEFAULT NULL,
	extensions jsonb DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('errors', jsonb_build_array(jsonb_build_object('message', 'pg_graphql is not part of the local project')))
$$;

-- ai: internal storage, migrated by its own service.
CREATE TABLE ai.alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE ai.sources (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name varchar(255),
	file_type varchar(255) NOT NULL,
	storage_path varchar(1024) NOT NULL,
	metadata jsonb DEFAULT '{}',
	created_at timestamptz DEFAULT now(),
	updated_at timestamptz DEFAULT now()
);
CREATE TABLE ai.knowledge_bases (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name varchar(255) NOT NULL,
	description text,
	created_at timestamptz DEFAULT now(),
	updated_at timestamptz DEFAULT now()
);
CREATE TABLE ai.documents (id bigint PRIMARY KEY, body text);
RESET ROLE;
