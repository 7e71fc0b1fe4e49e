-- Quotaguard on MySQL. Usable as it is, as a Flyway or Liquibase migration.
-- Ids compare byte for byte, trailing spaces included; every primary key begins with the tenant, but for that of the plans. Times are in UTC.

-- The current life of each version of each file. due_at is when the sweeper looks at it next: the deadline of a
-- reservation, the time to forget an ended life, null for a stored file.
CREATE TABLE IF NOT EXISTS quota_allocation (
    tenant         VARCHAR(128)  NOT NULL,
    file           VARCHAR(255)  NOT NULL,
    version        VARCHAR(255)  NOT NULL,
    account        VARCHAR(515)  NOT NULL,
    category       VARCHAR(64)   NOT NULL,
    state          VARCHAR(9)    NOT NULL,
    generation     BIGINT        NOT NULL,
    attempt        INTEGER       NOT NULL,
    bytes          BIGINT        NOT NULL CHECK (bytes >= 0),
    files_held     INTEGER       NOT NULL,
    declared_bytes BIGINT,
    replaces       VARCHAR(257),
    metadata       VARCHAR(8192) NOT NULL,
    forced_reason  VARCHAR(255),
    actor          VARCHAR(255),
    retain_until   DATETIME(6),
    born_at        DATETIME(6)   NOT NULL,
    deadline       DATETIME(6)   NOT NULL,
    since          DATETIME(6)   NOT NULL,
    due_at         DATETIME(6),
    PRIMARY KEY (tenant, file, version),
    INDEX allocation_due (tenant, due_at),
    INDEX retention (tenant, retain_until, file)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- The ends of reservations (phase 1) and of files (phase 2), each at most once; roll-ups (phase 3), which have no
-- file, their number as generation, and what was added apart; and adjustments (phase 4), which have no file either.
-- seq is null until an entry is settled;
-- it is unique in a tenant, but a unique index would make those who insert wait for those who number.
CREATE TABLE IF NOT EXISTS quota_ledger (
    tenant         VARCHAR(128)  NOT NULL,
    file           VARCHAR(255)  NOT NULL,
    version        VARCHAR(255)  NOT NULL,
    generation     BIGINT        NOT NULL,
    phase          INTEGER       NOT NULL,
    kind           VARCHAR(7)    NOT NULL,
    account        VARCHAR(515)  NOT NULL,
    category       VARCHAR(64)   NOT NULL,
    bytes          BIGINT        NOT NULL,
    replaced_by    BIGINT,
    reason         VARCHAR(255),
    actor          VARCHAR(255),
    metadata       VARCHAR(8192) NOT NULL,
    recorded_at    DATETIME(6)   NOT NULL,
    seq            BIGINT,
    files          INTEGER,
    added_bytes    BIGINT,
    added_files    INTEGER,
    settled_at     DATETIME(6),
    PRIMARY KEY (tenant, file, version, generation, phase),
    INDEX ledger_seq (tenant, seq, phase, recorded_at),
    INDEX ledger_account (tenant, account, settled_at, seq)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- The plans, of no tenant. A limit that is null is unlimited; category_bytes has those of categories, encoded as a form.
CREATE TABLE IF NOT EXISTS quota_plan (
    name               VARCHAR(64)   NOT NULL,
    bytes              BIGINT,
    files              BIGINT,
    bytes_per_file     BIGINT,
    soft_bytes         BIGINT,
    grace_seconds      BIGINT,
    category_bytes     VARCHAR(4096) NOT NULL,
    warning_percent    INTEGER,
    critical_percent   INTEGER,
    hysteresis_points  INTEGER,
    PRIMARY KEY (name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- What an account has: a plan or null, and what an administrator has set instead of single limits of the plan, where null
-- is as the plan says and 9223372036854775807 unlimited.
CREATE TABLE IF NOT EXISTS quota_limit (
    tenant             VARCHAR(128)  NOT NULL,
    account            VARCHAR(515)  NOT NULL,
    plan               VARCHAR(64),
    bytes              BIGINT,
    files              BIGINT,
    bytes_per_file     BIGINT,
    soft_bytes         BIGINT,
    grace_seconds      BIGINT,
    category_bytes     VARCHAR(4096) NOT NULL,
    warning_percent    INTEGER,
    critical_percent   INTEGER,
    hysteresis_points  INTEGER,
    PRIMARY KEY (tenant, account),
    INDEX limit_plan (plan, tenant, account)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- The changes of plans (tenant '', subject the plan) and of what accounts have (subject the account), numbered from 1.
CREATE TABLE IF NOT EXISTS quota_audit (
    tenant             VARCHAR(128)  NOT NULL,
    subject            VARCHAR(515)  NOT NULL,
    seq                BIGINT        NOT NULL,
    changed_at         DATETIME(6)   NOT NULL,
    actor              VARCHAR(255)  NOT NULL,
    reason             VARCHAR(255)  NOT NULL,
    old_value          VARCHAR(6000) NOT NULL,
    new_value          VARCHAR(6000) NOT NULL,
    PRIMARY KEY (tenant, subject, seq)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- How far each limit has been warned of (0 for none), and how often its level was raised.
CREATE TABLE IF NOT EXISTS quota_level (
    tenant         VARCHAR(128)  NOT NULL,
    account        VARCHAR(515)  NOT NULL,
    category       VARCHAR(64)   NOT NULL,
    metric         VARCHAR(14)   NOT NULL,
    level          INTEGER       NOT NULL,
    raises         BIGINT        NOT NULL,
    PRIMARY KEY (tenant, account, category, metric)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- The raises that are still to be announced. claims counts the attempts; until claimed_until, nobody else makes one.
CREATE TABLE IF NOT EXISTS quota_warning (
    tenant         VARCHAR(128)  NOT NULL,
    account        VARCHAR(515)  NOT NULL,
    category       VARCHAR(64)   NOT NULL,
    metric         VARCHAR(14)   NOT NULL,
    raises         BIGINT        NOT NULL,
    level          INTEGER       NOT NULL,
    used           BIGINT        NOT NULL,
    max_used       BIGINT        NOT NULL,
    grace_ends_at  DATETIME(6),
    raised_at      DATETIME(6)   NOT NULL,
    claimed_until  DATETIME(6)   NOT NULL,
    claims         INTEGER       NOT NULL,
    PRIMARY KEY (tenant, account, category, metric, raises)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- Up to which entry of its ledger each tenant was looked at for warnings.
CREATE TABLE IF NOT EXISTS quota_evaluation (
    tenant         VARCHAR(128)  NOT NULL,
    seq            BIGINT        NOT NULL,
    PRIMARY KEY (tenant)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- Who repairs a tenant, until when, and when it was last looked at to the end. epoch counts what was done to its counters.
CREATE TABLE IF NOT EXISTS quota_repair (
    tenant         VARCHAR(128) NOT NULL,
    token          BIGINT       NOT NULL,
    epoch          BIGINT       NOT NULL,
    leased_until   DATETIME(6),
    checked_at     DATETIME(6),
    PRIMARY KEY (tenant)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- The lives of temporary files that are being cleaned up, or were when it failed. Until claimed_until, nobody else does.
CREATE TABLE IF NOT EXISTS quota_cleanup (
    tenant         VARCHAR(128) NOT NULL,
    file           VARCHAR(255) NOT NULL,
    version        VARCHAR(255) NOT NULL,
    generation     BIGINT       NOT NULL,
    claimed_until  DATETIME(6)  NOT NULL,
    PRIMARY KEY (tenant, file, version, generation)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- One row per account (category '') and one per account and category. The row of the tenant itself is the root: its
-- lock orders everything that changes the tenant's counters. There, last_seq numbers the settled entries, and versioned
-- counts the reserves that name a version. updated_at is null until something is charged. grace_until is the end of the
-- grace of the account above its soft limit, as noted by the last charge.
-- Created last: where this table is there, all of them are.
CREATE TABLE IF NOT EXISTS quota_usage (
    tenant         VARCHAR(128)  NOT NULL,
    account        VARCHAR(515)  NOT NULL,
    category       VARCHAR(64)   NOT NULL,
    used_bytes     BIGINT        NOT NULL CHECK (used_bytes >= 0),
    reserved_bytes BIGINT        NOT NULL CHECK (reserved_bytes >= 0),
    used_files     BIGINT        NOT NULL CHECK (used_files >= 0),
    reserved_files BIGINT        NOT NULL CHECK (reserved_files >= 0),
    last_seq       BIGINT        NOT NULL,
    versioned      BIGINT        NOT NULL,
    updated_at     DATETIME(6),
    grace_until    DATETIME(6),
    PRIMARY KEY (tenant, account, category)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
