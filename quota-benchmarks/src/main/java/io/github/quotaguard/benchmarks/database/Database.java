package io.github.quotaguard.benchmarks.database;

import java.util.List;
import java.util.Locale;

/** A kind of database, and what has to be said to each in its own words. */
public enum Database {
    H2 {
        @Override
        Site lasting(String url) {
            Site site = new Site(this, url + ";SCHEMA=lasting");
            new Site(this, url).execute(List.of("CREATE SCHEMA IF NOT EXISTS lasting"));
            return site;
        }

        @Override
        List<String> clearing() {
            return List.of("DROP ALL OBJECTS");
        }

        @Override
        String numbers(long from, long to) {
            return "SYSTEM_RANGE(%d, %d) AS numbers(n)".formatted(from, to);
        }

        @Override
        List<String> restful() {
            return List.of("ANALYZE", "CHECKPOINT");
        }
    },

    MARIADB {
        @Override
        Site lasting(String url) {
            throw new UnsupportedOperationException("no benchmark needs filled tables on MariaDB");
        }

        @Override
        List<String> clearing() {
            return List.of(
                    "CREATE OR REPLACE DATABASE quotaguard CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
                    "USE quotaguard");
        }

        @Override
        String numbers(long from, long to) {
            return "(SELECT seq AS n FROM seq_%d_to_%d) AS numbers".formatted(from, to);
        }

        @Override
        List<String> restful() {
            return List.of();
        }
    },

    POSTGRESQL {
        @Override
        Site lasting(String url) {
            new Site(this, url).execute(List.of("CREATE SCHEMA IF NOT EXISTS lasting"));
            return new Site(this, url + "&currentSchema=lasting");
        }

        @Override
        List<String> clearing() {
            return List.of("DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public");
        }

        @Override
        String numbers(long from, long to) {
            return "generate_series(%d, %d) AS numbers(n)".formatted(from, to);
        }

        /** A checkpoint of its own, so that none falls into what is measured. */
        @Override
        List<String> restful() {
            return List.of("VACUUM ANALYZE", "CHECKPOINT");
        }

        /** Room for new versions of a row in its page, as Quotaguard's counters have. */
        @Override
        public String roomForUpdates() {
            return " WITH (fillfactor = 50)";
        }
    };

    /**
     * Finds a database by its name in lower case.
     *
     * @param name such as {@code postgresql}
     * @return the database
     */
    public static Database named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Returns the name by which {@link #named} finds it. */
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the system property that tells a fork where the server is. */
    public String property() {
        return "quotaguard.benchmarks." + lowerCase();
    }

    private String url() {
        String url = System.getProperty(property());
        if (url == null) {
            throw new IllegalStateException(property() + " is not set; run the benchmarks by benchmarks.jar");
        }
        return url;
    }

    /** Returns the database as it is. */
    public Site asItIs() {
        return new Site(this, url());
    }

    /** Returns the database emptied: no contender pays for what another has left. */
    public Site cleared() {
        Site site = asItIs();
        site.execute(clearing());
        return site;
    }

    /** Returns the database whose tables are filled once and last until the server ends. */
    public Site lasting() {
        return lasting(url());
    }

    /** Returns what a table whose rows are updated again and again is created with. */
    public String roomForUpdates() {
        return "";
    }

    abstract Site lasting(String url);

    abstract List<String> clearing();

    /** Returns what to select the numbers {@code n} of a range from, both ends included. */
    abstract String numbers(long from, long to);

    /** Returns what the database would otherwise do soon by itself after its tables were filled. */
    abstract List<String> restful();
}
