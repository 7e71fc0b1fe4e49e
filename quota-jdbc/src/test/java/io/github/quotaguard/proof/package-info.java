/**
 * What proves that the store is exact: faults and load on real databases, through the public API alone. Each proof
 * appends what it counted to {@code target/proof.csv}, and each checker is once made to see a planted fault.
 */
package io.github.quotaguard.proof;
