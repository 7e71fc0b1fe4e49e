package io.github.quotaguard.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Ids that something between the caller and the record may take for each other, or cut, or misread. */
final class ContractIds {

    private static final String LETTERS =
            "a A \u00E1 a\u0301 \u00E9 e\u0301 \u00C9 e \uFF41 \u0430 ss \u00DF \u1E9E i I "
                    + "\u0131 \u0130 i\u0307 \uFB01 fi \u00C5 \u212B A\u030A \u03A9 \u2126 \u6F22 \u6F22\u5B57 \u05D0 \u0627 "
                    + "\uD83D\uDE00 \uD83D\uDE01 \uD835\uDCB6 \uFFFD a\u200B a\u00AD \uFEFFa a\u200D \u00A0a";

    private static final String SYNTAX =
            "1 01 1.0 -1 null NULL ' '' \" ` \\ \\\\ \\0 % _ a% a_ * ? a? . .. ~ : a:b @ a@b "
                    + "; ';DROP ${a} {a} {} # & &amp; <a> ?1 $1 -- (*)";

    private static final List<String> WITH_SPACES =
            List.of("a ", " a", "a  ", "a b", " ", "  ", "'; DROP TABLE quota_ledger; --");

    private static final List<String> WITH_SLASHES = List.of("a/b", "a//b", "/a", "a/", "/", "./a", "../a");

    private ContractIds() {}

    /** Returns ids for an account segment or a category, up to the longest. */
    static List<String> segments(int longest) {
        List<String> ids = new ArrayList<>(List.of(LETTERS.split(" ", -1)));
        ids.addAll(List.of(SYNTAX.split(" ", -1)));
        ids.addAll(WITH_SPACES);
        ids.add("x".repeat(longest - 1));
        ids.add("x".repeat(longest));
        ids.add("x".repeat(longest - 1) + "y");
        ids.add("x".repeat(longest - 1) + " ");
        ids.add("\u6F22".repeat(longest));
        ids.add("\uD83D\uDE00".repeat(longest / 2));
        return ids;
    }

    /** Returns ids for a file or a version, up to the longest. */
    static List<String> files(int longest) {
        List<String> ids = segments(longest);
        ids.addAll(WITH_SLASHES);
        return ids;
    }

    /** Gives each distinct id a number of its own, from 1. */
    static Map<String, Integer> numbered(List<String> ids) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        ids.forEach(id -> numbers.putIfAbsent(id, numbers.size() + 1));
        return numbers;
    }

    /** Returns random ideographs, which take three bytes each as UTF-8 and do not compress. */
    static String wide(Random random, int length) {
        return random.ints(length, 0x4E00, 0x9FA5)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
