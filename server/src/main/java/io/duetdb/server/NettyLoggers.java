package io.duetdb.server;

import io.netty.util.internal.logging.AbstractInternalLogger;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Netty's loggers for a server process: warnings and errors go to the JDK's logging, which is set up when the first one
 * comes; what is less is nobody's concern. Netty otherwise asks that logging at every class it loads whether its remarks
 * are wanted, and setting it up takes 50 ms of a start. Not for whoever configures it: they get all they ask for.
 */
final class NettyLoggers extends InternalLoggerFactory {
    @Override
    protected InternalLogger newInstance(String name) {
        return new Late(name);
    }

    private static final class Late extends AbstractInternalLogger {
        private static final long serialVersionUID = 1;

        private transient @Nullable InternalLogger jdk;

        Late(String name) {
            super(name);
        }

        private InternalLogger jdk() {
            InternalLogger present = jdk;
            if (present == null) {
                present = ((JdkLoggerFactory) JdkLoggerFactory.INSTANCE).newInstance(name());
                jdk = present;
            }
            return present;
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public void trace(String message) {}

        @Override
        public void trace(String format, Object argument) {}

        @Override
        public void trace(String format, Object first, Object second) {}

        @Override
        public void trace(String format, Object... arguments) {}

        @Override
        public void trace(String message, Throwable cause) {}

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public void debug(String message) {}

        @Override
        public void debug(String format, Object argument) {}

        @Override
        public void debug(String format, Object first, Object second) {}

        @Override
        public void debug(String format, Object... arguments) {}

        @Override
        public void debug(String message, Throwable cause) {}

        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public void info(String message) {}

        @Override
        public void info(String format, Object argument) {}

        @Override
        public void info(String format, Object first, Object second) {}

        @Override
        public void info(String format, Object... arguments) {}

        @Override
        public void info(String message, Throwable cause) {}

        @Override
        public boolean isWarnEnabled() {
            return jdk().isWarnEnabled();
        }

        @Override
        public void warn(String message) {
            jdk().warn(message);
        }

        @Override
        public void warn(String format, Object argument) {
            jdk().warn(format, argument);
        }

        @Override
        public void warn(String format, Object... arguments) {
            jdk().warn(format, arguments);
        }

        @Override
        public void warn(String format, Object first, Object second) {
            jdk().warn(format, first, second);
        }

        @Override
        public void warn(String message, Throwable cause) {
            jdk().warn(message, cause);
        }

        @Override
        public boolean isErrorEnabled() {
            return jdk().isErrorEnabled();
        }

        @Override
        public void error(String message) {
            jdk().error(message);
        }

        @Override
        public void error(String format, Object argument) {
            jdk().error(format, argument);
        }

        @Override
        public void error(String format, Object first, Object second) {
            jdk().error(format, first, second);
        }

        @Override
        public void error(String format, Object... arguments) {
            jdk().error(format, arguments);
        }

        @Override
        public void error(String message, Throwable cause) {
            jdk().error(message, cause);
        }
    }
}
