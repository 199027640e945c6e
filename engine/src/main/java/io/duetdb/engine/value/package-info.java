/**
 * The types behind keys: {@link io.duetdb.engine.value.Hash}, {@link io.duetdb.engine.value.ListValue},
 * {@link io.duetdb.engine.value.SetValue}, {@link io.duetdb.engine.value.ZSet}, each the type's API over its encodings.
 * They know pages and bytes, but no keys, no times to live of keys, no events, no commands.
 */
@NullMarked
package io.duetdb.engine.value;

import org.jspecify.annotations.NullMarked;
