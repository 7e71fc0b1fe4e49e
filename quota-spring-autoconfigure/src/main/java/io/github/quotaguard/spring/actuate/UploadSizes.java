package io.github.quotaguard.spring.actuate;

/** Takes note of sizes; without a registry of meters, of none. */
interface UploadSizes {

    /** An upload has asked for bytes. */
    default void asked(long bytes, String outcome) {}

    /** Uploads are sent to the store together. */
    default void sent(int uploads) {}
}
