package io.github.quotaguard.contract;

import java.util.Random;

/** Uploads that collide often, against limits that are often reached. */
final class RandomUploads {

    private static final int FILES = 9;
    private static final int VERSIONS = 3;
    private static final int MOST_BYTES = 200;

    static final long ROOT_BYTES = 1_000;
    static final long ROOT_FILES = 7;

    private RandomUploads() {}

    static void limit(ContractTenant tenant) {
        tenant.limits
                .bytes(tenant.root, ROOT_BYTES)
                .files(tenant.root, ROOT_FILES)
                .bytesPerFile(tenant.root, MOST_BYTES - 10)
                .bytes(tenant.root, "image", 600)
                .bytes(tenant.account("b"), 700);
    }

    /** Returns a random upload; a file keeps its account and category, apart from a few. */
    static ContractUpload next(ContractTenant tenant, Random random) {
        int file = random.nextInt(FILES);
        int odd = random.nextInt(40) == 0 ? 1 : 0;
        long bytes = random.nextInt(MOST_BYTES);
        ContractUpload upload =
                random.nextInt(10) == 0 ? tenant.uploadOfUnknownSize("f" + file) : tenant.upload("f" + file, bytes);
        String version = "v" + random.nextInt(VERSIONS);
        upload = upload.version(version)
                .by(tenant.account((file + odd) % 2 == 0 ? "a" : "b"))
                .category((file + odd) % 3 == 0 ? null : "image");
        return switch (random.nextInt(6)) {
            case 0 -> upload.overwriting();
            case 1 -> {
                String replaced = "v" + random.nextInt(VERSIONS);
                yield replaced.equals(version) ? upload : upload.replacing(replaced);
            }
            default -> upload;
        };
    }

    static String file(Random random) {
        return "f" + random.nextInt(FILES);
    }

    static String version(Random random) {
        return "v" + random.nextInt(VERSIONS);
    }

    /** Returns the seed given by the system property {@code quotaguard.contract.seed}, or a new one. */
    static long seed() {
        Long given = Long.getLong("quotaguard.contract.seed");
        return given == null ? new Random().nextLong() : given;
    }
}
