package io.duetdb.server;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import org.jspecify.annotations.Nullable;

/** The ways to serve sockets. */
enum Transport {
    NIO("nio"),
    EPOLL("epoll"),
    IO_URING("io_uring");

    private final String word;

    Transport(String word) {
        this.word = word;
    }

    /** The transport of the setting's word; {@code auto} is the best of this machine that is well-tried. */
    static Transport of(String word) throws StartupException {
        switch (word) {
            case "auto":
                return linux() && Epoll.isAvailable() ? EPOLL : NIO;
            case "epoll":
                require(word, linux() ? Epoll.unavailabilityCause() : null);
                return EPOLL;
            case "io_uring":
                require(word, linux() ? IoUring.unavailabilityCause() : null);
                return IO_URING;
            default:
                return NIO;
        }
    }

    private static boolean linux() {
        return System.getProperty("os.name", "").startsWith("Linux");
    }

    private static void require(String word, @Nullable Throwable cause) throws StartupException {
        if (!linux() || cause != null) {
            throw new StartupException("--transport " + word + " does not work here ("
                    + (cause == null ? "it needs Linux" : cause.getMessage()) + "); allowed: auto, nio");
        }
    }

    /** The setting's word. */
    String word() {
        return word;
    }

    /** What a loop of this transport runs on. */
    IoHandlerFactory handlers() {
        return switch (this) {
            case NIO -> NioIoHandler.newFactory();
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
        };
    }

    /** The type of listening sockets. */
    Class<? extends ServerChannel> listener() {
        return switch (this) {
            case NIO -> NioServerSocketChannel.class;
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
        };
    }
}
