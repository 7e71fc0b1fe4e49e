-- Quotaguard on PostgreSQL. Usable as it is, as a Flyway or Liquibase migration.
-- Ids compare byte for byte (COLLATE "C"); every primary key begins with the tenant, but for that of the plans.
--
-- How the tables are stored. A counter is updated all the time, and nothing that changes in it is indexed: half of each
-- page is left free, so that every update is HOT, leaves the index alone, and is cleaned up by the next ones. A life and
-- an entry are updated once, when they are settled, in columns that are indexed, because that is what takes them out of
-- the search for what is due or open: never HOT, so free space on their pages would only make the tables larger (by a
-- quarter for 80 percent, for half a percent less of WAL). So each leaves one dead row behind; vacuum is to come after
-- a twentieth of the table, not the default fifth, for the searches of what is open and due read past what it has not
-- removed, and after as many inserts, so that the history is read from its index alone.
--
-- What the planner thinks of a table goes by its pages. Of one that has a few rows and statistics it reads all, and a
-- plan that is cached then goes on to, while thousands of files are added, until the next ANALYZE. So each of the three
-- tables that are searched all the time has 32 pages from the start, which rows that are deleted at once leave behind,
-- and keeps them: every plan goes by an index. These rows are few and their keys short, for the pages of an index count
-- against it.

-- The current life of each version of each file. due_at is when the sweeper looks at it next: the deadline of a
-- reservation, the time to forget an ended life, null for a stored file.
CREATE TABLE IF NOT EXISTS quota_allocation (
    tenant         VARCHAR(128) COLLATE "C"    NOT NULL,
    file           VARCHAR(255) COLLATE "C"    NOT NULL,
    version        VARCHAR(255) COLLATE "C"    NOT NULL,
    account        VARCHAR(515) COLLATE "C"    NOT NULL,
    category       VARCHAR(64)  COLLATE "C"    NOT NULL,
    state          VARCHAR(9)   COLLATE "C"    NOT NULL,
    generation     BIGINT                      NOT NULL,
    attempt        INTEGER                     NOT NULL,
    bytes          BIGINT                      NOT NULL CHECK (bytes >= 0),
    files_held     INTEGER                     NOT NULL,
    declared_bytes BIGINT,
    replaces       VARCHAR(257) COLLATE "C",
    metadata       VARCHAR(8192) COLLATE "C"   NOT NULL,
    forced_reason  VARCHAR(255) COLLATE "C",
    actor          VARCHAR(255) COLLATE "C",
    retain_until   TIMESTAMP(6) WITH TIME ZONE,
    born_at        TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    deadline       TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    since          TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    due_at         TIMESTAMP(6) WITH TIME ZONE,
    PRIMARY KEY (tenant, file, version)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05, vacuum_truncate = off);

INSERT INTO quota_allocation (tenant, file, version, account, category, state, generation, attempt, bytes, files_held,
    metadata, born_at, deadline, since)
SELECT '', i::text, '', '', '', 'DELETED', 0, 0, 0, 0, rpad('', 1800), now(), now(), now() FROM generate_series(1, 128) AS i
ON CONFLICT DO NOTHING;
DELETE FROM quota_allocation WHERE tenant = '';

CREATE INDEX IF NOT EXISTS quota_allocation_due ON quota_allocation (tenant, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS quota_retention ON quota_allocation (tenant, retain_until, file) WHERE retain_until IS NOT NULL;

-- The ends of reservations (phase 1) and of files (phase 2), each at most once; roll-ups (phase 3), which have no
-- file, their number as generation, and what was added apart; and adjustments (phase 4), which have no file either.
-- seq is null until an entry is settled.
CREATE TABLE IF NOT EXISTS quota_ledger (
    tenant         VARCHAR(128) COLLATE "C"    NOT NULL,
    file           VARCHAR(255) COLLATE "C"    NOT NULL,
    version        VARCHAR(255) COLLATE "C"    NOT NULL,
    generation     BIGINT                      NOT NULL,
    phase          INTEGER                     NOT NULL,
    kind           VARCHAR(7)   COLLATE "C"    NOT NULL,
    account        VARCHAR(515) COLLATE "C"    NOT NULL,
    category       VARCHAR(64)  COLLATE "C"    NOT NULL,
    bytes          BIGINT                      NOT NULL,
    replaced_by    BIGINT,
    reason         VARCHAR(255) COLLATE "C",
    actor          VARCHAR(255) COLLATE "C",
    metadata       VARCHAR(8192) COLLATE "C"   NOT NULL,
    recorded_at    TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    seq            BIGINT,
    files          INTEGER,
    added_bytes    BIGINT,
    added_files    INTEGER,
    settled_at     TIMESTAMP(6) WITH TIME ZONE,
    PRIMARY KEY (tenant, file, version, generation, phase)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05, vacuum_truncate = off);

INSERT INTO quota_ledger (tenant, file, version, generation, phase, kind, account, category, bytes, metadata, recorded_at)
SELECT '', i::text, '', 0, 0, 'DELETE', '', '', 0, rpad('', 1800), now() FROM generate_series(1, 128) AS i
ON CONFLICT DO NOTHING;
DELETE FROM quota_ledger WHERE tenant = '';

CREATE UNIQUE INDEX IF NOT EXISTS quota_ledger_seq ON quota_ledger (tenant, seq) WHERE seq IS NOT NULL;
CREATE INDEX IF NOT EXISTS quota_ledger_account ON quota_ledger (tenant, account, settled_at, seq)
    INCLUDE (bytes, files, added_bytes, added_files, phase) WHERE seq IS NOT NULL;
CREATE INDEX IF NOT EXISTS quota_ledger_open ON quota_ledger (tenant, phase, recorded_at) WHERE seq IS NULL;

-- The plans, of no tenant. A limit that is null is unlimited; category_bytes has those of categories, encoded as a form.
CREATE TABLE IF NOT EXISTS quota_plan (
    name               VARCHAR(64) COLLATE "C"    NOT NULL,
    bytes              BIGINT,
    files              BIGINT,
    bytes_per_file     BIGINT,
    soft_bytes         BIGINT,
    grace_seconds      BIGINT,
    category_bytes     VARCHAR(4096) COLLATE "C"  NOT NULL,
    warning_percent    INTEGER,
    critical_percent   INTEGER,
    hysteresis_points  INTEGER,
    PRIMARY KEY (name)
);

-- What an account has: a plan or null, and what an administrator has set instead of single limits of the plan, where null
-- is as the plan says and 9223372036854775807 unlimited.
CREATE TABLE IF NOT EXISTS quota_limit (
    tenant             VARCHAR(128) COLLATE "C"   NOT NULL,
    account            VARCHAR(515) COLLATE "C"   NOT NULL,
    plan               VARCHAR(64) COLLATE "C",
    bytes              BIGINT,
    files              BIGINT,
    bytes_per_file     BIGINT,
    soft_bytes         BIGINT,
    grace_seconds      BIGINT,
    category_bytes     VARCHAR(4096) COLLATE "C"  NOT NULL,
    warning_percent    INTEGER,
    critical_percent   INTEGER,
    hysteresis_points  INTEGER,
    PRIMARY KEY (tenant, account)
);

CREATE INDEX IF NOT EXISTS quota_limit_plan ON quota_limit (plan, tenant, account);

-- The changes of plans (tenant '', subject the plan) and of what accounts have (subject the account), numbered from 1.
CREATE TABLE IF NOT EXISTS quota_audit (
    tenant             VARCHAR(128) COLLATE "C"   NOT NULL,
    subject            VARCHAR(515) COLLATE "C"   NOT NULL,
    seq                BIGINT                     NOT NULL,
    changed_at         TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    actor              VARCHAR(255) COLLATE "C"   NOT NULL,
    reason             VARCHAR(255) COLLATE "C"   NOT NULL,
    old_value          VARCHAR(6000) COLLATE "C"  NOT NULL,
    new_value          VARCHAR(6000) COLLATE "C"  NOT NULL,
    PRIMARY KEY (tenant, subject, seq)
);

-- How far each limit has been warned of (0 for none), and how often its level was raised.
CREATE TABLE IF NOT EXISTS quota_level (
    tenant         VARCHAR(128) COLLATE "C"    NOT NULL,
    account        VARCHAR(515) COLLATE "C"    NOT NULL,
    category       VARCHAR(64)  COLLATE "C"    NOT NULL,
    metric         VARCHAR(14)  COLLATE "C"    NOT NULL,
    level          INTEGER                     NOT NULL,
    raises         BIGINT                      NOT NULL,
    PRIMARY KEY (tenant, account, category, metric)
);

-- The raises that are still to be announced. claims counts the attempts; until claimed_until, nobody else makes one.
CREATE TABLE IF NOT EXISTS quota_warning (
    tenant         VARCHAR(128) COLLATE "C"    NOT NULL,
    account        VARCHAR(515) COLLATE "C"    NOT NULL,
    category       VARCHAR(64)  COLLATE "C"    NOT NULL,
    metric         VARCHAR(14)  COLLATE "C"    NOT NULL,
    raises         BIGINT                      NOT NULL,
    level          INTEGER                     NOT NULL,
    used           BIGINT                      NOT NULL,
    max_used       BIGINT                      NOT NULL,
    grace_ends_at  TIMESTAMP(6) WITH TIME ZONE,
    raised_at      TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    claimed_until  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    claims         INTEGER                     NOT NULL,
    PRIMARY KEY (tenant, account, category, metric, raises)
);

-- Up to which entry of its ledger each tenant was looked at for warnings.
CREATE TABLE IF NOT EXISTS quota_evaluation (
    tenant         VARCHAR(128) COLLATE "C"    NOT NULL,
    seq            BIGINT                      NOT NULL,
    PRIMARY KEY (tenant)
);

-- Who repairs a tenant, until when, and when it was last looked at to the end. epoch counts what was done to its counters.
CREATE TABLE IF NOT EXISTS quota_repair (
    tenant         VARCHAR(128) COLLATE "C"   NOT NULL,
    token          BIGINT                     NOT NULL,
    epoch          BIGINT                     NOT NULL,
    leased_until   TIMESTAMP(6) WITH TIME ZONE,
    checked_at     TIMESTAMP(6) WITH TIME ZONE,
    PRIMARY KEY (tenant)
);

-- The lives of temporary files that are being cleaned up, or were when it failed. Until claimed_until, nobody else does.
CREATE TABLE IF NOT EXISTS quota_cleanup (
    tenant         VARCHAR(128) COLLATE "C"   NOT NULL,
    file           VARCHAR(255) COLLATE "C"   NOT NULL,
    version        VARCHAR(255) COLLATE "C"   NOT NULL,
    generation     BIGINT                     NOT NULL,
    claimed_until  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (tenant, file, version, generation)
);

-- One row per account (category '') and one per account and category. The row of the tenant itself is the root: its
-- lock orders everything that changes the tenant's counters. There, last_seq numbers the settled entries, and versioned
-- counts the reserves that name a version. updated_at is null until something is charged. grace_until is the end of the
-- grace of the account above its soft limit, as noted by the last charge.
-- Created last: where this table is there, all of them are.
CREATE TABLE IF NOT EXISTS quota_usage (
    tenant         VARCHAR(128) COLLATE "C"    NOT NULL,
    account        VARCHAR(515) COLLATE "C"    NOT NULL,
    category       VARCHAR(64)  COLLATE "C"    NOT NULL,
    used_bytes     BIGINT                      NOT NULL CHECK (used_bytes >= 0),
    reserved_bytes BIGINT                      NOT NULL CHECK (reserved_bytes >= 0),
    used_files     BIGINT                      NOT NULL CHECK (used_files >= 0),
    reserved_files BIGINT                      NOT NULL CHECK (reserved_files >= 0),
    last_seq       BIGINT                      NOT NULL,
    versioned      BIGINT                      NOT NULL,
    updated_at     TIMESTAMP(6) WITH TIME ZONE,
    grace_until    TIMESTAMP(6) WITH TIME ZONE,
    PRIMARY KEY (tenant, account, category)
) WITH (fillfactor = 10, vacuum_truncate = off);

INSERT INTO quota_usage (tenant, account, category, used_bytes, reserved_bytes, used_files, reserved_files, last_seq,
    versioned)
SELECT '', i::text, '', 0, 0, 0, 0, 0, 0 FROM generate_series(1, 256) AS i
ON CONFLICT DO NOTHING;
DELETE FROM quota_usage WHERE tenant = '';
ALTER TABLE quota_usage SET (fillfactor = 50);
