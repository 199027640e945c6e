package io.duetdb.server.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.List;

/** The words the rules are written in: modules by where a class was compiled, layers by package, top to bottom. */
final class Duet {
    /**
     * The engine's packages from top to bottom. A class may use what stands below its own line; packages of one line may
     * use each other as long as they form no cycle.
     */
    static final List<List<String>> LAYERS = List.of(
            List.of("io.duetdb.engine"),
            List.of("io.duetdb.engine.commands"),
            List.of("io.duetdb.engine.script"),
            List.of("io.duetdb.engine.command"),
            List.of(
                    "io.duetdb.engine.client",
                    "io.duetdb.engine.tx",
                    "io.duetdb.engine.pubsub",
                    "io.duetdb.engine.blocking",
                    "io.duetdb.engine.tracking",
                    "io.duetdb.engine.acl",
                    "io.duetdb.engine.config",
                    "io.duetdb.engine.events"),
            List.of("io.duetdb.engine.keyspace"),
            List.of("io.duetdb.engine.stats"),
            List.of("io.duetdb.rdb"),
            List.of("io.duetdb.engine.value"),
            List.of("io.duetdb.engine.memory"),
            List.of("io.duetdb.engine.api"),
            List.of("io.duetdb.bytes"));

    /** Everything we wrote, without the tests: neither from the class folders nor from the engine's test jar. */
    static final class OurCode implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    private Duet() {}

    /** Classes of one Maven module, whatever their packages are called. */
    static DescribedPredicate<JavaClass> module(String name) {
        return new DescribedPredicate<>("classes of module " + name) {
            @Override
            public boolean test(JavaClass type) {
                return type.getPackageName().startsWith("io.duetdb") && compiledIn(type, name);
            }
        };
    }

    private static boolean compiledIn(JavaClass type, String module) {
        JavaClass outer = type.getBaseComponentType();
        return outer.getSource()
                .map(source -> source.getUri().toString())
                .filter(uri -> uri.contains("/" + module + "/target/") || uri.contains("/duet-" + module + "-"))
                .isPresent();
    }

    /** Classes of a package itself, without the packages under it. */
    static DescribedPredicate<JavaClass> in(List<String> packages) {
        return DescribedPredicate.describe(
                "in " + packages,
                type -> packages.contains(type.getBaseComponentType().getPackageName()));
    }

    /** The index in {@link #LAYERS} of a package, or of the nearest one around it; -1 when it has no place there. */
    static int layer(String packageName) {
        String name = packageName;
        while (!name.equals("io.duetdb") && name.startsWith("io.duetdb")) {
            for (int i = 0; i < LAYERS.size(); i++) {
                if (LAYERS.get(i).contains(name)) {
                    return name.equals("io.duetdb.engine") && !packageName.equals(name) ? -1 : i;
                }
            }
            name = name.substring(0, name.lastIndexOf('.'));
        }
        return -1;
    }
}
