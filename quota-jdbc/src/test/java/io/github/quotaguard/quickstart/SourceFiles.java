package io.github.quotaguard.quickstart;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds the files of a directory and reads what they hold, so that whatever is wrong with one shows before any is
 * uploaded.
 */
final class SourceFiles extends SimpleFileVisitor<Path> {

    private static final int VERSION_DIGITS = 16;
    private static final Map<String, String> CATEGORIES = Map.ofEntries(
            Map.entry("java", "source"),
            Map.entry("sql", "source"),
            Map.entry("md", "document"),
            Map.entry("txt", "document"),
            Map.entry("pdf", "document"),
            Map.entry("xml", "configuration"),
            Map.entry("yml", "configuration"),
            Map.entry("yaml", "configuration"),
            Map.entry("json", "configuration"),
            Map.entry("properties", "configuration"),
            Map.entry("png", "image"),
            Map.entry("jpg", "image"),
            Map.entry("gif", "image"),
            Map.entry("svg", "image"));

    private final Settings settings;
    private final List<IncomingFile> found = new ArrayList<>();

    private SourceFiles(Settings settings) {
        this.settings = settings;
    }

    static List<IncomingFile> of(Settings settings) throws IOException {
        SourceFiles files = new SourceFiles(settings);
        Files.walkFileTree(settings.dir(), files);
        files.found.sort(Comparator.comparing(IncomingFile::file));
        return files.found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
        return !path.equals(settings.dir()) && isLeftOut(path)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
        if (!isLeftOut(path) && !attributes.isOther() && !Files.isDirectory(path)) {
            found.add(read(path));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) {
        throw unreadable(path, e);
    }

    private boolean isLeftOut(Path path) {
        String name = path.getFileName().toString();
        boolean isBuildOutput = name.equals("target") && Files.exists(path.resolveSibling("pom.xml"));
        return name.startsWith(".") || isBuildOutput || settings.isOwn(path);
    }

    private IncomingFile read(Path path) {
        String file = settings.dir()
                .relativize(path)
                .toString()
                .replace(path.getFileSystem().getSeparator(), "/");
        try {
            IncomingFile incoming = new IncomingFile(
                    Settings.UPLOADS,
                    file,
                    version(path),
                    category(file),
                    Files.size(path),
                    () -> Files.newInputStream(path));
            incoming.upload();
            return incoming;
        } catch (IOException e) {
            throw unreadable(path, e);
        } catch (IllegalArgumentException e) {
            throw new UsageException("%s can not be uploaded: %s".formatted(file, e.getMessage()));
        }
    }

    private static UsageException unreadable(Path path, IOException e) {
        return new UsageException("%s can not be read (%s)"
                .formatted(path, e.getClass().getSimpleName().replace("Exception", "")));
    }

    private static String version(Path path) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(path), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest()).substring(0, VERSION_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String category(String file) {
        String extension = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return CATEGORIES.getOrDefault(extension, "other");
    }
}
