package io.duetdb.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Hears of a further signal while the process ends; the JVM itself ignores it by then. Java has no door to signals but the
 * unsupported one that every JDK has, which is why it is asked for by name; where it is missing nothing is heard.
 */
final class NextSignal implements InvocationHandler {
    private final Runnable task;

    private NextSignal(Runnable task) {
        this.task = task;
    }

    /** Runs a task at the next SIGTERM or SIGINT, on a thread of its own. */
    static void run(Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    NextSignal.class.getClassLoader(), new Class<?>[] {handler}, new NextSignal(task));
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : new String[] {"TERM", "INT"}) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            // A second signal is not heard then: the end takes the time that it takes.
        }
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        if (method.getName().equals("handle")) {
            task.run();
        }
        return method.getReturnType() == boolean.class ? Boolean.FALSE : Integer.valueOf(0);
    }
}
