package io.github.quotaguard.proof;

import io.github.quotaguard.proof.Slot.Attempt;
import io.github.quotaguard.proof.Slot.Call;
import io.github.quotaguard.proof.Slot.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one thread of a worker did: a line before each call and one after it. Each line is one write, so that it outlives
 * the process; a last line that was cut off counts as not written.
 */
final class Journal implements AutoCloseable {

    private static final String BEGIN = ">";
    private static final String END = "<";
    private static final String VIOLATION = "!";

    private final FileChannel file;
    private final int last;
    private int ended;

    /** Goes on with a journal behind its last whole line. */
    Journal(Path path) throws IOException {
        this(path, 0);
    }

    /** Lets this process die in place of the {@code last} line after a call or a later one, if that is more than 0. */
    Journal(Path path, int last) throws IOException {
        this.last = last;
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        String text = Files.readString(path);
        file.truncate(text.lastIndexOf('\n') + 1L);
        file.position(file.size());
    }

    static Path path(Path directory, int owner) {
        return directory.resolve("thread-" + owner + ".journal");
    }

    void begin(Slot slot, Call call, Attempt attempt) {
        slot.begin(call, attempt);
        write(BEGIN, slot.key(), call.name(), attempt.encode());
    }

    void end(Slot slot, Outcome outcome, String note) {
        end(slot, outcome, 0, 0, "", note);
    }

    void end(Slot slot, Outcome outcome, long generation, long deadlineMicros, String token, String note) {
        ended++;
        // Where something has ended for good, a retry is the hardest.
        if (last > 0 && ended >= last && (outcome == Outcome.STORED || outcome == Outcome.DELETED)) {
            Runtime.getRuntime().halt(JvmProcess.HALTED);
        }
        slot.end(outcome, generation, deadlineMicros, token);
        write(
                END,
                slot.key(),
                outcome.name(),
                Long.toString(generation),
                Long.toString(deadlineMicros),
                token,
                oneLine(note));
    }

    /** Records what must not happen. */
    void violation(Slot slot, String text) {
        write(VIOLATION, slot.key(), oneLine(text));
    }

    int ended() {
        return ended;
    }

    private static String oneLine(String text) {
        return text.replaceAll("[|\\s]+", " ");
    }

    private void write(String... fields) {
        try {
            ByteBuffer line = ByteBuffer.wrap((String.join("|", fields) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                file.write(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** What the journals of some threads say together. */
    static final class Reading {

        final Map<String, Slot> slots = new TreeMap<>();
        final List<String> violations = new ArrayList<>();
        final Map<String, Integer> counts = new TreeMap<>();

        /** Reads the journals of these threads, counted over all workers. */
        Reading(Load load, Path directory, int firstOwner, int owners) throws IOException {
            for (Slot slot : load.all()) {
                int owner = load.owner(slot.tenant, slot.number);
                if (owner >= firstOwner && owner < firstOwner + owners) {
                    slots.put(slot.key(), slot);
                }
            }
            for (int owner = firstOwner; owner < firstOwner + owners; owner++) {
                Path path = path(directory, owner);
                if (Files.exists(path)) {
                    read(Files.readString(path));
                }
            }
        }

        private void read(String text) {
            Map<String, String> lastCalls = new HashMap<>();
            text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> {
                String[] fields = line.split("\\|", -1);
                Slot slot = slots.get(fields[1]);
                if (slot == null) {
                    throw new IllegalStateException("a line of somebody else's: " + line);
                }
                switch (fields[0]) {
                    case BEGIN -> {
                        slot.begin(Call.valueOf(fields[2]), Attempt.decode(fields[3]));
                        lastCalls.put(fields[1], fields[2]);
                    }
                    case END -> {
                        count(lastCalls.getOrDefault(fields[1], "") + " " + fields[2]);
                        count(fields[6]);
                        slot.end(
                                Outcome.valueOf(fields[2]),
                                Long.parseLong(fields[3]),
                                Long.parseLong(fields[4]),
                                fields[5]);
                    }
                    default -> violations.add(line);
                }
            });
        }

        private void count(String what) {
            if (!what.isEmpty()) {
                counts.merge(what, 1, Integer::sum);
            }
        }

        /** Returns how many calls had this outcome, {@code RESERVE HELD}, or this note. */
        int count(String... what) {
            int sum = 0;
            for (String one : what) {
                sum += counts.getOrDefault(one, 0);
            }
            return sum;
        }

        /** Returns how many calls ended, in whatever way. */
        int operations() {
            int sum = 0;
            for (Map.Entry<String, Integer> count : counts.entrySet()) {
                for (Call call : Call.values()) {
                    sum += count.getKey().startsWith(call.name() + " ") ? count.getValue() : 0;
                }
            }
            return sum;
        }
    }
}
