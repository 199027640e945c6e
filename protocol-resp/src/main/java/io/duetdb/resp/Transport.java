package io.duetdb.resp;

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

/** The ways to the kernel's sockets. */
public enum Transport {
    /** Java's own selector: everywhere. */
    NIO {
        @Override
        public boolean available() {
            return true;
        }

        @Override
        public IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> serverChannel() {
            return NioServerSocketChannel.class;
        }
    },
    /** Linux' epoll, where its native library loads. */
    EPOLL {
        @Override
        public boolean available() {
            return Epoll.isAvailable();
        }

        @Override
        public IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> serverChannel() {
            return EpollServerSocketChannel.class;
        }
    },
    /** Linux' io_uring, where the kernel allows it. */
    IO_URING {
        @Override
        public boolean available() {
            return IoUring.isAvailable();
        }

        @Override
        public IoHandlerFactory handlers() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> serverChannel() {
            return IoUringServerSocketChannel.class;
        }
    };

    /** Whether this machine offers it. */
    public abstract boolean available();

    /** What a loop group is made with. */
    public abstract IoHandlerFactory handlers();

    abstract Class<? extends ServerChannel> serverChannel();

    /**
     * The transport a setting names: {@code auto} (epoll when its native library loads, else NIO), {@code nio},
     * {@code epoll}, {@code io_uring}.
     *
     * @throws IllegalArgumentException the machine does not offer it, with the reason
     */
    public static Transport named(String setting) {
        if (setting.equals("auto")) {
            return EPOLL.available() ? EPOLL : NIO;
        }
        for (Transport transport : values()) {
            if (transport.name().equalsIgnoreCase(setting)) {
                if (!transport.available()) {
                    throw new IllegalArgumentException("transport " + setting + " is not available on this machine");
                }
                return transport;
            }
        }
        throw new IllegalArgumentException("no such transport: " + setting);
    }
}
