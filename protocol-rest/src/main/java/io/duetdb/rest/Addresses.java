package io.duetdb.rest;

import io.netty.channel.ChannelHandlerContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The ends of a connection as CLIENT LIST shows them, {@code ip:port}, an address of IPv6 in brackets. */
final class Addresses {
    private Addresses() {}

    /** The peer's end; empty when it is not known. */
    static String remote(@Nullable ChannelHandlerContext ctx) {
        return ctx == null ? "" : text(ctx.channel().remoteAddress());
    }

    /** Our own end; empty when it is not known. */
    static String local(@Nullable ChannelHandlerContext ctx) {
        return ctx == null ? "" : text(ctx.channel().localAddress());
    }

    private static String text(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return "";
        }
        String host = inet.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
}
