/** The settings that persistence owns. */
@NullMarked
package io.duetdb.persistence.config;

import org.jspecify.annotations.NullMarked;
