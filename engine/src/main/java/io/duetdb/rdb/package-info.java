/**
 * Values as Redis' RDB format has them, to bytes and back, without files: what DUMP, RESTORE and everything that is saved
 * share.
 */
@NullMarked
package io.duetdb.rdb;

import org.jspecify.annotations.NullMarked;
