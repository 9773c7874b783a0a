import { sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * The foundation. Stamps are texts in `collate "C"`, compared by code point like `compareStamps`. All time comes
 * from `outbound_now()`, whose shift only tests move.
 */
const statements = [
  `create table clock (only_row boolean primary key default true check (only_row), shift interval not null default '0')`,
  `insert into clock default values`,
  `create function outbound_now() returns timestamptz language sql volatile
     as 'select clock_timestamp() + (select shift from clock)'`,

  `create table configurations (
     organization text not null, revision integer not null, text text not null, content jsonb not null,
     hash text not null, origin text not null check (origin in ('file', 'api')), author text not null,
     created_at timestamptz not null default outbound_now(), primary key (organization, revision))`,
  `create table connection_states (
     organization text not null, connection text not null,
     state text not null default 'active' check (state in ('active', 'paused', 'quarantined')),
     code text, reason text, author text, changed_at timestamptz not null default outbound_now(),
     guard_latched_at timestamptz, primary key (organization, connection))`,

  `create table users (
     key uuid primary key, organization text not null, source text not null, version bigint not null default 0,
     external_id text, user_name text, existing boolean not null default false, state jsonb not null,
     groups_floor text collate "C", created_at timestamptz not null default outbound_now(),
     updated_at timestamptz not null default outbound_now())`,
  `create index users_by_name on users (organization, lower(user_name))`,
  `create table groups (
     key uuid primary key, organization text not null, source text not null, version bigint not null default 0,
     existing boolean not null default false, state jsonb not null, members_floor text collate "C",
     created_at timestamptz not null default outbound_now(), updated_at timestamptz not null default outbound_now())`,
  `create table aliases (
     organization text not null, kind text not null check (kind in ('user', 'group', 'user-name')),
     source text not null, external_id text not null, key uuid not null,
     created_at timestamptz not null default outbound_now(), primary key (organization, kind, source, external_id))`,
  `create index aliases_by_key on aliases (key)`,
  `create table memberships (
     group_key uuid not null, user_key uuid not null, member boolean not null, stamp text collate "C" not null,
     group_version bigint not null default 0, primary key (group_key, user_key))`,
  `create index memberships_by_user on memberships (user_key)`,
  `create index memberships_by_change on memberships (group_key, group_version, user_key)`,
  `create table events (
     organization text not null, source text not null, id text not null, feed text not null, type text not null,
     hash text not null, kind text not null check (kind in ('user', 'group')), key uuid not null,
     version bigint not null, stale boolean not null, clamped boolean not null, occurred_at timestamptz not null,
     received_at timestamptz not null, primary key (organization, source, id))`,
  `create index events_by_key on events (key, version)`,

  `create table outbox (
     kind text not null check (kind in ('user', 'group')), key uuid not null, organization text not null,
     version bigint not null, priority smallint not null, cursor_version bigint, cursor_key uuid,
     signalled_at timestamptz, attempts integer not null default 0, retry_at timestamptz,
     created_at timestamptz not null default outbound_now(), primary key (kind, key))`,
  `create index outbox_ready on outbox (priority, created_at) where signalled_at is null`,
  `create index outbox_unacknowledged on outbox (retry_at) where signalled_at is not null`,

  `create table episodes (
     id uuid primary key, organization text not null, user_key uuid not null, version bigint not null,
     opened_at timestamptz not null default outbound_now(), closed_at timestamptz,
     asked_at timestamptz, asked integer not null default 0,
     policy text check (policy in ('compensate', 'continue', 'hold')), concluded jsonb not null default '[]')`,
  `create unique index episodes_open on episodes (user_key) where closed_at is null`,
  `create table accounts (
     id uuid primary key, organization text not null, user_key uuid not null, connection text not null,
     existence text not null default 'none' check (existence in ('none', 'maybe', 'known')),
     state text not null default 'pending'
       check (state in ('pending', 'settled', 'failing', 'held', 'parked', 'removed')),
     code text, remote_id text, link_origin text, wish text, applied jsonb not null default '{}',
     active boolean, allowed jsonb, uncertain boolean not null default false,
     create_intent_at timestamptz, due_at timestamptz, marked boolean not null default false,
     claim_token uuid, claim_expires_at timestamptz, planned_version bigint not null default 0,
     settled_version bigint not null default 0, revision integer, episode uuid,
     attempts integer not null default 0, failing_since timestamptz,
     effect text check (effect in ('created', 'adopted', 'updated')), effect_episode uuid, effect_at timestamptz,
     before jsonb, undo jsonb, waits_for jsonb not null default '[]',
     created_at timestamptz not null default outbound_now(), updated_at timestamptz not null default outbound_now(),
     unique (user_key, connection))`,
  `create unique index accounts_by_remote on accounts (organization, connection, remote_id) where remote_id is not null`,
  `create index accounts_by_state on accounts (organization, connection, state, id)`,
  `create index accounts_due on accounts (due_at) where due_at is not null`,
  `create index accounts_by_episode on accounts (episode)`,
  `create table journal (
     id bigint generated always as identity primary key, account uuid not null, organization text not null,
     user_key uuid not null, connection text not null, at timestamptz not null default outbound_now(),
     version bigint not null, revision integer not null, verb text not null, outcome text, code text, class text,
     keyword text, status integer, attempt integer not null, sent jsonb, reasons jsonb not null, duration_ms integer)`,
  `create index journal_by_account on journal (account, id)`,

  // Columns as the rate limiter library (rate-limiter-flexible) expects them.
  `create table request_rates (key varchar(255) primary key, points integer not null default 0, expire bigint)`,
  `create table removals (
     organization text not null, connection text not null, user_key uuid not null, episode uuid not null,
     cause text not null, at timestamptz not null default outbound_now(),
     primary key (organization, connection, user_key, episode))`,
  `create index removals_by_time on removals (organization, connection, at)`,
  `create table holds (
     id uuid primary key, organization text not null, connection text not null, user_key uuid not null,
     account uuid not null, kind text not null default 'guard' check (kind in ('guard', 'partial_failure')),
     cause text not null, wish text not null, reasons jsonb not null, compensation jsonb,
     state text not null default 'open'
       check (state in ('open', 'released', 'cancelled', 'retried', 'skipped', 'compensated', 'void')),
     created_at timestamptz not null default outbound_now(), answered_at timestamptz, author text, reason text)`,
  `create unique index holds_open on holds (account, kind) where state = 'open'`,
  `create index holds_by_account on holds (account) where state <> 'void'`,
  `create index holds_by_connection on holds (organization, connection, state, created_at)`,
];

/** Tables of the foundation: directory, events, outbox, accounts, journal, guard, configurations. */
export const foundation: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
