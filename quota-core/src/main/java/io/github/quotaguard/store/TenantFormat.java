package io.github.quotaguard.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * {@link TenantBooks} as bytes: a mark, a version, lives, counters, entries, warnings, the lease and claims in a fixed order, and a checksum.
 * Counters are kept and not summed up again, so that what is restored is what was there.
 */
final class TenantFormat {

    private static final int MARK = 0x51475453;
    private static final int VERSION = 1;
    private static final int CHECKSUM_BYTES = Long.BYTES;

    /** The end of a grace is kept, not whether it has come. */
    static final Moment WHENEVER = Moment.of(Instant.MIN);

    private TenantFormat() {}

    static byte[] write(TenantBooks books) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(MARK);
            out.writeByte(VERSION);
            writeAll(out, books.allocations(null, Integer.MAX_VALUE), TenantFormat::writeLife);
            writeAll(out, books.formerLives(), TenantFormat::writeLife);
            List<AccountCounters> usages = books.counters.accounts().stream()
                    .map(account -> books.counters.usage(account, WHENEVER))
                    .toList();
            writeAll(out, usages, TenantFormat::writeUsage);
            out.writeLong(books.ledger.lastSeq);
            writeAll(out, books.ledger.entries(0, Integer.MAX_VALUE), TenantFormat::writeEntry);
            books.warnings.write(out);
            books.repairs.write(out);
            books.retention.write(out);
            out.writeLong(checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // bytes in memory take everything
        }
        return bytes.toByteArray();
    }

    static TenantBooks read(byte[] bytes) {
        int end = bytes.length - CHECKSUM_BYTES;
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (end < 0 || in.readInt() != MARK) {
                throw new IllegalArgumentException("not the state of a tenant");
            }
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "state of a tenant in version %s, known is %s".formatted(version, VERSION));
            }
            if (checksum(bytes, end) != checksumIn(bytes, end)) {
                throw new IllegalArgumentException("state of a tenant is damaged: its checksum is another");
            }
            TenantBooks books = new TenantBooks(
                    readAll(in, TenantFormat::readLife),
                    readAll(in, TenantFormat::readLife),
                    readAll(in, TenantFormat::readUsage),
                    new TenantLedger(in.readLong(), readAll(in, TenantFormat::readEntry)));
            books.warnings.read(in);
            books.repairs.read(in);
            books.retention.read(in);
            if (in.available() != CHECKSUM_BYTES) {
                throw new IllegalArgumentException("state of a tenant has more than belongs there");
            }
            return books;
        } catch (IOException | DateTimeException e) {
            throw new IllegalArgumentException("not the state of a tenant", e);
        }
    }

    private static long checksum(byte[] bytes, int end) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, end);
        return checksum.getValue();
    }

    private static long checksumIn(byte[] bytes, int end) throws IOException {
        return new DataInputStream(new ByteArrayInputStream(bytes, end, CHECKSUM_BYTES)).readLong();
    }

    private static void writeLife(DataOutputStream out, Allocation life) throws IOException {
        AllocationSpec spec = life.spec();
        writeId(out, spec.id());
        out.writeUTF(spec.account().path());
        writeText(out, spec.category() == null ? null : spec.category().name());
        out.writeLong(spec.declaredBytes().orElse(-1));
        out.writeUTF(spec.replacement().scope().name());
        out.writeUTF(spec.replacement().version());
        writeMetadata(out, spec.metadata());
        writeTime(out, spec.retainUntil());
        writeText(out, spec.forcedReason());
        writeText(out, spec.actor());
        out.writeUTF(life.state().name());
        out.writeLong(life.generation());
        out.writeInt(life.attempt());
        out.writeLong(life.bytes());
        writeTime(out, life.bornAt());
        writeTime(out, life.deadline());
        writeTime(out, life.since());
    }

    private static Allocation readLife(DataInputStream in) throws IOException {
        AllocationSpec spec = new AllocationSpec(
                readId(in),
                new AccountId(in.readUTF()),
                readCategory(in),
                readSize(in),
                new Replacement(Replacement.Scope.valueOf(in.readUTF()), in.readUTF()),
                readMetadata(in),
                readTime(in),
                readText(in),
                readText(in));
        return new Allocation(
                spec,
                AllocationState.valueOf(in.readUTF()),
                in.readLong(),
                in.readInt(),
                in.readLong(),
                required(readTime(in)),
                required(readTime(in)),
                required(readTime(in)));
    }

    private static void writeUsage(DataOutputStream out, AccountCounters usage) throws IOException {
        out.writeUTF(usage.account().path());
        writeCounter(out, usage.total());
        writeTime(out, usage.updatedAt());
        Grace grace = usage.grace();
        writeTime(out, grace == null ? null : grace.endsAt());
        Map<String, Usage> categories = new TreeMap<>();
        usage.categories().forEach((category, counter) -> categories.put(category.name(), counter));
        out.writeInt(categories.size());
        for (Map.Entry<String, Usage> category : categories.entrySet()) {
            out.writeUTF(category.getKey());
            writeCounter(out, category.getValue());
        }
    }

    private static AccountCounters readUsage(DataInputStream in) throws IOException {
        AccountId account = new AccountId(in.readUTF());
        Usage total = readCounter(in);
        Instant updatedAt = readTime(in);
        Grace grace = Grace.of(readTime(in), WHENEVER.now());
        Map<Category, Usage> categories = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            categories.put(new Category(in.readUTF()), readCounter(in));
        }
        return new AccountCounters(account, total, categories, updatedAt, grace);
    }

    private static void writeEntry(DataOutputStream out, Entry entry) throws IOException {
        out.writeLong(entry.seq());
        out.writeUTF(entry.kind().name());
        out.writeBoolean(entry.id() != null);
        if (entry.id() != null) {
            writeId(out, entry.id());
        }
        out.writeUTF(entry.account().path());
        writeText(out, entry.category() == null ? null : entry.category().name());
        out.writeLong(entry.generation());
        out.writeLong(entry.bytes());
        out.writeInt(entry.files());
        out.writeLong(entry.addedBytes());
        out.writeInt(entry.addedFiles());
        writeText(out, entry.reason());
        writeText(out, entry.actor());
        writeMetadata(out, entry.metadata());
        writeTime(out, entry.recordedAt());
        writeTime(out, entry.settledAt());
    }

    private static Entry readEntry(DataInputStream in) throws IOException {
        return new Entry(
                in.readLong(),
                EntryKind.valueOf(in.readUTF()),
                in.readBoolean() ? readId(in) : null,
                new AccountId(in.readUTF()),
                readCategory(in),
                in.readLong(),
                in.readLong(),
                in.readInt(),
                in.readLong(),
                in.readInt(),
                readText(in),
                readText(in),
                readMetadata(in),
                required(readTime(in)),
                required(readTime(in)));
    }

    private static void writeId(DataOutputStream out, FileVersion id) throws IOException {
        out.writeUTF(id.tenant());
        out.writeUTF(id.file());
        out.writeUTF(id.version());
    }

    private static FileVersion readId(DataInputStream in) throws IOException {
        return new FileVersion(in.readUTF(), in.readUTF(), in.readUTF());
    }

    private static void writeCounter(DataOutputStream out, Usage counter) throws IOException {
        out.writeLong(counter.usedBytes());
        out.writeLong(counter.reservedBytes());
        out.writeLong(counter.usedFiles());
        out.writeLong(counter.reservedFiles());
    }

    private static Usage readCounter(DataInputStream in) throws IOException {
        return new Usage(in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }

    private static void writeMetadata(DataOutputStream out, Map<String, String> metadata) throws IOException {
        out.writeByte(metadata.size());
        for (Map.Entry<String, String> pair : new TreeMap<>(metadata).entrySet()) {
            out.writeUTF(pair.getKey());
            out.writeUTF(pair.getValue());
        }
    }

    private static Map<String, String> readMetadata(DataInputStream in) throws IOException {
        Map<String, String> metadata = new HashMap<>();
        for (int left = in.readByte(); left > 0; left--) {
            metadata.put(in.readUTF(), in.readUTF());
        }
        return Map.copyOf(metadata);
    }

    static @Nullable Category readCategory(DataInputStream in) throws IOException {
        String name = readText(in);
        return name == null ? null : new Category(name);
    }

    private static OptionalLong readSize(DataInputStream in) throws IOException {
        long size = in.readLong();
        return size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
    }

    static void writeTime(DataOutputStream out, @Nullable Instant time) throws IOException {
        out.writeBoolean(time != null);
        if (time != null) {
            out.writeLong(time.getEpochSecond());
            out.writeInt(time.getNano());
        }
    }

    static @Nullable Instant readTime(DataInputStream in) throws IOException {
        return in.readBoolean() ? Instant.ofEpochSecond(in.readLong(), in.readInt()) : null;
    }

    static Instant required(@Nullable Instant time) {
        if (time == null) {
            throw new IllegalArgumentException("state of a tenant lacks a time");
        }
        return time;
    }

    static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static @Nullable String readText(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }

    interface Writer<T> {
        void write(DataOutputStream out, T item) throws IOException;
    }

    interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    static <T> void writeAll(DataOutputStream out, List<T> items, Writer<T> writer) throws IOException {
        out.writeInt(items.size());
        for (T item : items) {
            writer.write(out, item);
        }
    }

    static <T> List<T> readAll(DataInputStream in, Reader<T> reader) throws IOException {
        List<T> items = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            items.add(reader.read(in));
        }
        return items;
    }
}
