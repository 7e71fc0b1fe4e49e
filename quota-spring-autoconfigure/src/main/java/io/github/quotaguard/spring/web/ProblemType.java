package io.github.quotaguard.spring.web;

import java.net.URI;

/** The kinds of problems, by which clients tell them apart: their URIs never change. */
enum ProblemType {
    QUOTA_EXCEEDED("quota-exceeded"),
    FILE_TOO_LARGE("file-too-large"),
    CONFLICT("conflict"),
    RESERVATION_ENDED("reservation-ended"),
    BUSY("busy"),
    STORE_UNAVAILABLE("store-unavailable"),
    INVALID("invalid"),
    FORBIDDEN("forbidden"),
    UNSUPPORTED("unsupported");

    private final String id;

    ProblemType(String id) {
        this.id = id;
    }

    /** Returns what its texts are named by. */
    String id() {
        return id;
    }

    URI uri() {
        return URI.create("urn:quotaguard:problem:" + id);
    }
}
