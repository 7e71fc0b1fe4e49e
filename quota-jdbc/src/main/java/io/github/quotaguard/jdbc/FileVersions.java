package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every version of some files, as it stands. */
final class FileVersions {

    private final Map<String, List<Allocation>> byFile = new HashMap<>();
    private final Set<String> open = new HashSet<>();

    boolean add(Row row) throws SQLException {
        Allocation version = Rows.standing(row);
        String file = version.id().file();
        byFile.computeIfAbsent(file, none -> new ArrayList<>()).add(version);
        return row.smallNumber("is_open") == 1 && open.add(file);
    }

    List<Allocation> of(String file) {
        return byFile.getOrDefault(file, List.of());
    }

    /** Says whether an end of a version is not settled yet. */
    boolean isOpen(String file) {
        return open.contains(file);
    }

    boolean isAnyOpen() {
        return !open.isEmpty();
    }
}
