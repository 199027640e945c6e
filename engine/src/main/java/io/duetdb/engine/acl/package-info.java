/** Users and what they may do: a bitmap of allowed commands each. */
@NullMarked
package io.duetdb.engine.acl;

import org.jspecify.annotations.NullMarked;
