package io.github.quotaguard.sample;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of the application's files. Knows nothing of quotas. */
@Repository
class AttachmentRows {

    private final JdbcClient jdbc;

    AttachmentRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Attachment> ofOrganization(String organization) {
        return jdbc.sql("""
                        SELECT id, organization, name, category, size, created_at FROM attachments
                        WHERE organization = :organization ORDER BY created_at DESC, id""")
                .param("organization", organization)
                .query(AttachmentRows::read)
                .list();
    }

    void insert(Attachment attachment) {
        jdbc.sql("""
                        INSERT INTO attachments (id, organization, name, category, size, created_at)
                        VALUES (:id, :organization, :name, :category, :size, :createdAt)""")
                .param("id", attachment.id())
                .param("organization", attachment.organization())
                .param("name", attachment.name())
                .param("category", attachment.category())
                .param("size", attachment.size())
                .param("createdAt", attachment.createdAt().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Says whether there was such a row. */
    boolean delete(String organization, String id) {
        return jdbc.sql("DELETE FROM attachments WHERE organization = :organization AND id = :id")
                        .param("organization", organization)
                        .param("id", id)
                        .update()
                > 0;
    }

    private static Attachment read(ResultSet row, int number) throws SQLException {
        return new Attachment(
                row.getString("id"),
                row.getString("organization"),
                row.getString("name"),
                row.getString("category"),
                row.getLong("size"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
